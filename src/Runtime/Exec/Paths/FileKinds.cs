using System.Runtime.InteropServices;
using System.Text;

namespace Runtime.Exec.Paths;

/// <summary>What a path names.</summary>
internal enum FileKind
{
    /// <summary>Nothing.</summary>
    Missing,

    /// <summary>A regular file.</summary>
    File,

    /// <summary>A folder.</summary>
    Folder,

    /// <summary>A device, a pipe, a socket.</summary>
    Other,
}

/// <summary>Tells regular files from pipes and devices, which .NET's attributes do not.</summary>
internal static partial class FileKinds
{
    private const int StatxType = 1;

    /// <summary>The kind of what a path leads to.</summary>
    public static unsafe FileKind Of(string path)
    {
        // struct statx (statx(2)): stx_mode, 16 bits, lies at byte 28.
        var buffer = stackalloc byte[256];
        var name = new byte[Encoding.UTF8.GetMaxByteCount(path.Length) + 1];
        Encoding.UTF8.GetBytes(path, name);
        fixed (byte* start = name)
        {
            if (Statx(-100, start, 0, StatxType, buffer) != 0) return FileKind.Missing;
        }
        return (*(ushort*)(buffer + 28) & 0xF000) switch { 0x8000 => FileKind.File, 0x4000 => FileKind.Folder, _ => FileKind.Other };
    }

    [LibraryImport("libc", EntryPoint = "statx")]
    private static unsafe partial int Statx(int folder, byte* path, int flags, uint mask, byte* buffer);
}
