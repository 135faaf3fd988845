namespace Models.Import.Weights;

/// <summary>A tensor inside a mapped file. Its shape is row-major; a vector has one row.</summary>
internal sealed class SourceTensor
{
    private readonly MappedFile _file;
    private readonly long _offset;
    private readonly long _rowBytes;

    /// <summary>Describes a tensor whose bytes start at <paramref name="offset"/> of <paramref name="file"/>.</summary>
    /// <exception cref="ImportException">The shape is impossible, or the bytes do not lie inside the file.</exception>
    public SourceTensor(string name, ElementKind kind, IReadOnlyList<long> shape, MappedFile file, long offset)
    {
        Name = name;
        Kind = kind;
        _file = file;
        _offset = offset;
        if (shape.Count is < 1 or > 2 || shape.Any(d => d is < 1 or > int.MaxValue))
            throw new ImportException($"Tensor {name} in {file.Path} has the shape [{string.Join(", ", shape)}]; one or two dimensions are expected.");
        Rows = shape.Count == 2 ? (int)shape[0] : 1;
        Columns = (int)shape[^1];
        if (Columns % kind.BlockLength() != 0)
            throw new ImportException($"Tensor {name} in {file.Path} has rows of {Columns}, not a multiple of {kind}'s block of {kind.BlockLength()}.");
        _rowBytes = (long)Columns / kind.BlockLength() * kind.BlockBytes();
        if (_rowBytes > int.MaxValue || offset < 0 || offset > file.Length || Rows > (file.Length - offset) / _rowBytes)
            throw new ImportException($"Tensor {name} reaches past the end of {file.Path}: the file is damaged or incomplete. Fetch it again.");
    }

    /// <summary>Name in the source.</summary>
    public string Name { get; }

    /// <summary>How its numbers are stored.</summary>
    public ElementKind Kind { get; }

    /// <summary>Rows; 1 for a vector.</summary>
    public int Rows { get; }

    /// <summary>Numbers in one row.</summary>
    public int Columns { get; }

    /// <summary>First byte in the file.</summary>
    public long Offset => _offset;

    /// <summary>Bytes in the file.</summary>
    public long Bytes => _rowBytes * Rows;

    /// <summary>Number of weights.</summary>
    public long Count => (long)Rows * Columns;

    /// <summary>The stored bytes of one row.</summary>
    public ReadOnlySpan<byte> RowBytes(int row)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)row, (uint)Rows, nameof(row));
        return _file.Slice(_offset + row * _rowBytes, _rowBytes);
    }

    /// <summary>One row as float32.</summary>
    public void ReadRow(int row, Span<float> target) => Dequantizer.Dequantize(Kind, RowBytes(row), target);

    /// <summary>A vector as float32.</summary>
    public float[] ReadVector()
    {
        var values = new float[Columns];
        ReadRow(0, values);
        return values;
    }
}
