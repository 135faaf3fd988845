using Microsoft.Win32.SafeHandles;

namespace Models.Import.Onnx;

/// <summary>
/// The file beside a model that holds its weights. Space is reserved first and written in any order, by several threads at once.
/// </summary>
internal sealed class ExternalDataFile(string path) : IDisposable
{
    // ONNX Runtime maps what lies on a page boundary; small tensors only need their elements aligned.
    private const int PageAlignment = 4096;
    private const int SmallAlignment = 64;
    private const int SmallestPaged = 64 << 10;

    private readonly SafeFileHandle _handle = File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write, FileShare.None);
    private long _end;

    /// <summary>The file's name, as the model refers to it.</summary>
    public string Name { get; } = Path.GetFileName(path);

    /// <summary>Sets space aside; returns its offset.</summary>
    public long Reserve(long length)
    {
        var alignment = length < SmallestPaged ? SmallAlignment : PageAlignment;
        var offset = (_end + alignment - 1) / alignment * alignment;
        _end = offset + length;
        return offset;
    }

    /// <summary>Writes into reserved space.</summary>
    /// <exception cref="IOException">The disk is full, or failed.</exception>
    public void Write(long offset, ReadOnlySpan<byte> bytes) => RandomAccess.Write(_handle, bytes, offset);

    public void Dispose() => _handle.Dispose();
}
