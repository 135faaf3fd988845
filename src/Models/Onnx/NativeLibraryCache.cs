using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;
using Models.Store;

namespace Models.Onnx;

/// <summary>
/// Unpacks the native library that is compressed inside this binary, once, into a content-addressed cache: the file's name holds the
/// SHA-256 of the compressed bytes and the file is checked by the SHA-256 written beside it. Two processes may unpack at the same time:
/// each writes a file of its own and renames it into place. Where no disk takes it, it is loaded from memory.
/// </summary>
internal static class NativeLibraryCache
{
    private const string Resource = "libonnxruntime.so.br";
    private const string FileName = "libonnxruntime.so";

    /// <summary>Loads the library and returns its handle and the path it was loaded from.</summary>
    /// <exception cref="OnnxRuntimeException">It is not in this binary, or neither disk nor memory takes it.</exception>
    public static (nint Handle, string Path) Load()
    {
        try
        {
            var path = UnpackToDisk();
            return (NativeLibrary.Load(path), path);
        }
        // A disk that is full, read-only or mounted noexec: memory still works, at the price of pages the kernel cannot drop.
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ModelException or DllNotFoundException)
        {
            try
            {
                var path = UnpackToMemory();
                return (NativeLibrary.Load(path), path);
            }
            catch (Exception inner) when (inner is IOException or DllNotFoundException)
            {
                throw new OnnxRuntimeException($"Cannot load ONNX Runtime: {inner.Message} (on disk: {e.Message})", inner);
            }
        }
    }

    private static string UnpackToDisk()
    {
        using var packed = Open();
        var key = Convert.ToHexStringLower(SHA256.HashData(packed))[..16];
        var folder = HomeFolder.Ensure("cache", "native", key);
        var path = Path.Combine(folder, FileName);
        var digest = path + ".sha256";
        if (IsIntact(path, digest)) return path;

        packed.Position = 0;
        var own = $"{path}.{Environment.ProcessId}-{Guid.NewGuid():N}";
        try
        {
            byte[] hash;
            using (var file = new FileStream(own, FileMode.CreateNew, FileAccess.ReadWrite))
            {
                Inflate(packed, file);
                file.Flush(flushToDisk: true);
                file.Position = 0;
                hash = SHA256.HashData(file);
            }
            File.WriteAllText(own + ".sha256", Convert.ToHexStringLower(hash));
            File.Move(own, path, overwrite: true);
            File.Move(own + ".sha256", digest, overwrite: true);
            return path;
        }
        finally
        {
            File.Delete(own);
            File.Delete(own + ".sha256");
        }
    }

    private static bool IsIntact(string path, string digest)
    {
        if (!File.Exists(path) || !File.Exists(digest)) return false;
        using var file = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(file)) == File.ReadAllText(digest);
    }

    private static string UnpackToMemory()
    {
        var descriptor = Libc.MemfdCreate(FileName, 0);
        if (descriptor < 0) throw new IOException($"memfd_create failed (errno {Marshal.GetLastPInvokeError()}).");
        // The descriptor stays open for the life of the process: the loader reads through it.
        var handle = new SafeFileHandle(descriptor, ownsHandle: false);
        using var packed = Open();
        using var file = new FileStream(handle, FileAccess.Write);
        Inflate(packed, file);
        file.Flush();
        return $"/proc/self/fd/{descriptor}";
    }

    private static void Inflate(Stream packed, Stream target)
    {
        using var inflated = new BrotliStream(packed, CompressionMode.Decompress, leaveOpen: true);
        inflated.CopyTo(target, 1 << 20);
    }

    private static Stream Open() =>
        typeof(NativeLibraryCache).Assembly.GetManifestResourceStream(Resource)
        ?? throw new OnnxRuntimeException("ONNX Runtime is not in this binary. Build it with ./build.sh publish.");
}
