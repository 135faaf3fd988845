using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Models.Onnx;

/// <summary>The few C library calls that .NET has no name for.</summary>
internal static partial class Libc
{
    /// <summary>Sets a variable where native code sees it: <see cref="Environment.SetEnvironmentVariable(string, string?)"/> does not reach getenv.</summary>
    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int SetEnv(string name, string value, int overwrite);

    /// <summary>madvise: what will happen to memory that begins and ends on pages.</summary>
    [LibraryImport("libc", EntryPoint = "madvise")]
    public static unsafe partial int Advise(void* address, nuint length, int advice);

    /// <summary>mmap; -1 where it fails.</summary>
    [LibraryImport("libc", EntryPoint = "mmap")]
    public static partial nint Map(nint address, nuint length, int protection, int flags, int file, nint offset);

    /// <summary>mprotect; not 0 where it fails.</summary>
    [LibraryImport("libc", EntryPoint = "mprotect")]
    public static partial int Protect(nint address, nuint length, int protection);

    /// <summary>An anonymous file in memory, for a library when no disk takes it.</summary>
    [LibraryImport("libc", EntryPoint = "memfd_create", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    public static partial int MemfdCreate(string name, uint flags);

    private const int ProtectReadWrite = 1 | 2, MapPrivate = 0x02, MapFixed = 0x10, Anonymous = 0x20, MapNoReserve = 0x4000, AdviseDontNeed = 4;

    /// <summary>Private zero pages that cost nothing until they are written; 0 when the system gives none.</summary>
    public static nint MapAnonymous(nint length) =>
        Map(0, length, ProtectReadWrite, MapPrivate | Anonymous | MapNoReserve, -1, 0) is var start && start == -1 ? 0 : start;

    /// <summary>Puts a private copy of a part of a file, page by page as it is touched, in the place of what is mapped at an address.</summary>
    public static bool MapFile(nint address, nint length, SafeFileHandle file, long offset) =>
        Map(address, length, ProtectReadWrite, MapPrivate | MapFixed | MapNoReserve, (int)file.DangerousGetHandle(), offset) == address;

    /// <summary>Gives the memory of whole pages back; they read as zeros when touched again.</summary>
    public static void Discard(nint start, nint length) => _ = Advise(start, length, AdviseDontNeed);

    /// <summary>Ends a mapping.</summary>
    [LibraryImport("libc", EntryPoint = "munmap")]
    public static partial int Unmap(nint start, nint length);

    [LibraryImport("libc", EntryPoint = "mmap")]
    private static partial nint Map(nint address, nint length, int protection, int flags, int file, long offset);

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(nint start, nint length, int advice);

    /// <summary>Names the calling thread for whoever looks at the process from outside (<c>top -H</c>, <c>appliance profile</c>); the kernel takes 15 bytes of it. Not every build of .NET does.</summary>
    public static void NameThread(string name)
    {
        if (OperatingSystem.IsLinux()) _ = Control(SetName, name, 0, 0, 0);
    }

    // PR_SET_NAME of prctl(2).
    private const int SetName = 15;

    [LibraryImport("libc", EntryPoint = "prctl", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Control(int option, string name, nint third, nint fourth, nint fifth);

    /// <summary>Gives free memory of the heap back to the kernel, but for so many bytes at its end (glibc).</summary>
    [LibraryImport("libc", EntryPoint = "malloc_trim")]
    public static partial int TrimHeap(nuint keep);
}
