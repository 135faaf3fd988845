using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;
using Models.Store;

namespace Models.Onnx.Library;

/// <summary>
/// Unpacks the native library that is compressed inside this binary, once, into a content-addressed cache: its folder is named by its
/// SHA-256, and it is checked by that at every load. Two processes may unpack at the same time: each writes a file of its own and renames
/// it into place. Where no disk takes it, it is loaded from memory.
/// </summary>
internal static class NativeLibraryCache
{
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
        using var packed = PackedLibrary.Open();
        var folder = HomeFolder.Ensure("cache", "native", Convert.ToHexStringLower(packed.Hash)[..16]);
        var path = Path.Combine(folder, FileName);
        if (IsIntact(path, packed.Hash)) return path;

        var own = $"{path}.{Environment.ProcessId}-{Guid.NewGuid():N}";
        try
        {
            using (var file = new FileStream(own, FileMode.CreateNew, FileAccess.Write))
            {
                packed.Unpack(file);
                file.Flush(flushToDisk: true);
            }
            File.Move(own, path, overwrite: true);
            return path;
        }
        finally
        {
            File.Delete(own);
        }
    }

    private static bool IsIntact(string path, byte[] hash)
    {
        if (!File.Exists(path)) return false;
        using var file = File.OpenRead(path);
        return SHA256.HashData(file).AsSpan().SequenceEqual(hash);
    }

    private static string UnpackToMemory()
    {
        var descriptor = Libc.MemfdCreate(FileName, 0);
        if (descriptor < 0) throw new IOException($"memfd_create failed (errno {Marshal.GetLastPInvokeError()}).");
        // The descriptor stays open for the life of the process: the loader reads through it.
        var handle = new SafeFileHandle(descriptor, ownsHandle: false);
        using var packed = PackedLibrary.Open();
        using var file = new FileStream(handle, FileAccess.Write);
        packed.Unpack(file);
        file.Flush();
        return $"/proc/self/fd/{descriptor}";
    }
}
