using System.Runtime.InteropServices;

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
}
