namespace Models.Onnx;

/// <summary>
/// Tensors over the first rows of one buffer, for runs of different lengths. Those of few rows are made once and kept, so that a step
/// that decodes allocates nothing. Not safe for several threads.
/// </summary>
/// <param name="buffer">The buffer.</param>
/// <param name="rowBytes">Bytes of one row.</param>
/// <param name="shape">Shape of a tensor of so many rows.</param>
/// <param name="type">Element type.</param>
internal sealed unsafe class OrtRows(void* buffer, long rowBytes, Func<int, long[]> shape, OnnxElementType type) : IDisposable
{
    private readonly OrtTensor?[] _few = new OrtTensor?[65];
    private OrtTensor? _many;

    /// <summary>The tensor of the first rows, valid until the next call.</summary>
    public nint this[int rows]
    {
        get
        {
            if (rows < _few.Length) return (_few[rows] ??= Create(rows)).Pointer;
            _many?.Dispose();
            _many = Create(rows);
            return _many.Pointer;
        }
    }

    private OrtTensor Create(int rows) => new(buffer, (nint)(rows * rowBytes), shape(rows), type);

    /// <summary>Releases the tensors, not the buffer.</summary>
    public void Dispose()
    {
        foreach (var tensor in _few) tensor?.Dispose();
        _many?.Dispose();
    }
}
