using System.ComponentModel;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Models.Store;

/// <summary>What the store needs of the file system beyond .NET's own: durability, free space, locks.</summary>
public static partial class Disk
{
    // errno values, the same on every Linux this program runs on (asm-generic/errno.h).
    private const int EAgain = 11, ENoSpace = 28, EDiskQuota = 122;

    /// <summary>True when a write failed because the disk or the owner's quota is full.</summary>
    public static bool IsFull(IOException e) => e.HResult is ENoSpace or EDiskQuota;

    /// <summary>Bytes this user may still write where the path lies.</summary>
    public static long FreeSpace(string path)
    {
        while (!Directory.Exists(path)) path = Path.GetDirectoryName(path) ?? "/";
        return new DriveInfo(path).AvailableFreeSpace;
    }

    /// <summary>Opens a lock file exclusively (flock), or null while someone else has it. The kernel releases it when its holder dies.</summary>
    public static FileStream? TryLock(string path)
    {
        try { return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0); }
        catch (IOException e) when (e.HResult == EAgain) { return null; }
    }

    /// <summary>Size and SHA-256 of a file, after its content has been forced to the disk.</summary>
    public static (long Size, string Sha256) SyncAndHash(string path, CancellationToken cancellation)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.Read, bufferSize: 0, FileOptions.SequentialScan);
        var hash = Hash(file, cancellation);
        file.Flush(flushToDisk: true);
        return (file.Length, hash);
    }

    /// <summary>SHA-256 of what is left of a stream, lower-case hexadecimal.</summary>
    public static string Hash(Stream stream, CancellationToken cancellation)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Append(hash, stream, cancellation);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>Hashes what is left of a stream.</summary>
    public static void Append(IncrementalHash hash, Stream stream, CancellationToken cancellation)
    {
        var buffer = new byte[1 << 18];
        int read;
        while ((read = stream.Read(buffer)) > 0)
        {
            cancellation.ThrowIfCancellationRequested();
            hash.AppendData(buffer.AsSpan(0, read));
        }
    }

    /// <summary>Forces a folder's entries (created, renamed, removed files) to the disk; fsync(2) says the file's own fsync does not.</summary>
    public static void SyncFolder(string path)
    {
        if (OperatingSystem.IsWindows()) return;
        const int readOnlyCloseOnExec = 0x80000;
        var handle = Open(path, readOnlyCloseOnExec);
        if (handle < 0) throw new IOException($"Cannot open {path}: {LastError()}");
        try
        {
            // Some file systems (FUSE, 9p) cannot sync a folder and say EINVAL; there is nothing more to do there.
            const int invalid = 22;
            if (Sync(handle) < 0 && Marshal.GetLastPInvokeError() != invalid) throw new IOException($"Cannot sync {path}: {LastError()}");
        }
        finally { _ = Close(handle); }
    }

    /// <summary>Removes a folder and all below it if it is there; one that cannot be removed now is left for the next clean-up.</summary>
    public static void Delete(string folder)
    {
        try { Directory.Delete(folder, recursive: true); }
        catch (DirectoryNotFoundException) { }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException) { }
    }

    private static string LastError() => new Win32Exception(Marshal.GetLastPInvokeError()).Message;

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Sync(int handle);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int Close(int handle);
}
