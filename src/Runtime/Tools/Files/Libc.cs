using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Runtime.Tools.Files;

/// <summary>The calls of Linux that look a name up in an open folder. Flags are asm-generic's, which x64 and arm64 share but for two.</summary>
internal static partial class Libc
{
    public const int ReadOnly = 0, ReadWrite = 2, Create = 0x40, Exclusive = 0x80, NonBlocking = 0x800, CloseOnExec = 0x80000;
    public const int NotFound = 2, NotAFolder = 20, IsLink = 40;

    private const int ThisFolder = -100, EmptyPath = 0x1000, StatNeeded = 0x7; // STATX_TYPE | STATX_MODE | STATX_NLINK

    // arm64 has its own two values (asm/fcntl.h).
    public static readonly int Directory = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 0x4000 : 0x10000;
    public static readonly int NoFollow = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 0x8000 : 0x20000;

    public static int LastError => Marshal.GetLastPInvokeError();

    /// <summary>Opens a name in a folder, or a path where there is none.</summary>
    public static SafeFileHandle OpenAt(SafeFileHandle? folder, string name, int flags, int mode)
    {
        var handle = folder is null ? Open(ThisFolder, name, flags, mode) : Open((int)folder.DangerousGetHandle(), name, flags, mode);
        return new SafeFileHandle(handle, ownsHandle: true);
    }

    public static bool RenameAt(SafeFileHandle from, string name, SafeFileHandle to, string newName) =>
        Rename((int)from.DangerousGetHandle(), name, (int)to.DangerousGetHandle(), newName) == 0;

    public static bool UnlinkAt(SafeFileHandle folder, string name) => Unlink((int)folder.DangerousGetHandle(), name, 0) == 0;

    public static void MakeFolderAt(SafeFileHandle folder, string name) => _ = MakeFolder((int)folder.DangerousGetHandle(), name, 0x1C0); // 0700

    public static void Sync(SafeFileHandle folder) => _ = FileSync((int)folder.DangerousGetHandle());

    /// <summary>What an open file is, its permissions, and how many names it has.</summary>
    public static unsafe (bool IsFile, bool IsFolder, int Mode, long Links) Describe(SafeFileHandle handle)
    {
        // struct statx: stx_nlink at 16, stx_mode at 28; the same on every architecture.
        Span<byte> stat = stackalloc byte[256];
        fixed (byte* to = stat)
        {
            if (Statx((int)handle.DangerousGetHandle(), "", EmptyPath, StatNeeded, to) != 0) return default;
        }
        var mode = BitConverter.ToUInt16(stat[28..]);
        return ((mode & 0xF000) == 0x8000, (mode & 0xF000) == 0x4000, mode & 0x1FF, BitConverter.ToUInt32(stat[16..]));
    }

    [LibraryImport("libc", EntryPoint = "openat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(int folder, string name, int flags, int mode);

    [LibraryImport("libc", EntryPoint = "renameat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Rename(int folder, string name, int newFolder, string newName);

    [LibraryImport("libc", EntryPoint = "unlinkat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Unlink(int folder, string name, int flags);

    [LibraryImport("libc", EntryPoint = "mkdirat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int MakeFolder(int folder, string name, int mode);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int FileSync(int handle);

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int Statx(int folder, string name, int flags, uint mask, byte* to);
}
