using System.Runtime.InteropServices;

namespace Models.Onnx;

/// <summary>The few C library calls that .NET has no name for.</summary>
internal static partial class Libc
{
    /// <summary>Sets a variable where native code sees it: <see cref="Environment.SetEnvironmentVariable(string, string?)"/> does not reach getenv.</summary>
    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int SetEnv(string name, string value, int overwrite);

    /// <summary>An anonymous file in memory, for a library when no disk takes it.</summary>
    [LibraryImport("libc", EntryPoint = "memfd_create", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    public static partial int MemfdCreate(string name, uint flags);

    private const int ProtectReadWrite = 1 | 2, MapPrivateAnonymousNoReserve = 0x02 | 0x20 | 0x4000, AdviseDontNeed = 4;

    /// <summary>Private zero pages that cost nothing until they are written; 0 when the system gives none.</summary>
    public static nint MapAnonymous(nint length) =>
        Map(0, length, ProtectReadWrite, MapPrivateAnonymousNoReserve, -1, 0) is var start && start == -1 ? 0 : start;

    /// <summary>Gives the memory of whole pages back; they read as zeros when touched again.</summary>
    public static void Discard(nint start, nint length) => _ = Advise(start, length, AdviseDontNeed);

    /// <summary>Ends a mapping.</summary>
    [LibraryImport("libc", EntryPoint = "munmap")]
    public static partial int Unmap(nint start, nint length);

    [LibraryImport("libc", EntryPoint = "mmap")]
    private static partial nint Map(nint address, nint length, int protection, int flags, int file, long offset);

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(nint start, nint length, int advice);
}
