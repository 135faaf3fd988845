using System.Buffers;

namespace Models.Import.Weights;

/// <summary>
/// A [rows, columns] weight made of rows of one or more source tensors, picked, reordered or padded with zeros on the way.
/// Nothing is read before <see cref="ReadRow"/>. Safe for several threads.
/// </summary>
internal sealed class WeightMatrix
{
    /// <summary>Stands for a row or column of zeros.</summary>
    public const int Zero = -1;

    private readonly Part[] _parts;
    private readonly int[]? _columns;

    private WeightMatrix(Part[] parts, int[]? columns)
    {
        _parts = parts;
        _columns = columns;
        Rows = parts.Sum(p => p.Rows.Length);
        Columns = columns?.Length ?? parts[0].Tensor.Columns;
    }

    /// <summary>Output features.</summary>
    public int Rows { get; }

    /// <summary>Input features.</summary>
    public int Columns { get; }

    /// <summary>The kinds its parts are stored as.</summary>
    public IEnumerable<ElementKind> Kinds => _parts.Select(p => p.Tensor.Kind);

    /// <summary>True when stored rows can be taken as they are: no column was moved or added.</summary>
    public bool KeepsBlocks => _columns is null;

    /// <summary>Bytes this takes in the source.</summary>
    public long SourceBytes => _parts.Sum(p => p.Tensor.Bytes / p.Tensor.Rows * p.Rows.Count(r => r != Zero));

    /// <summary>All rows of a tensor, in order.</summary>
    public static WeightMatrix Of(SourceTensor tensor) => new([new Part(tensor, [.. Enumerable.Range(0, tensor.Rows)])], null);

    /// <summary>The given rows of a tensor, <see cref="Zero"/> for a row of zeros.</summary>
    public static WeightMatrix OfRows(SourceTensor tensor, int[] rows) => new([new Part(tensor, rows)], null);

    /// <summary>All rows of a tensor with their columns picked, <see cref="Zero"/> for a column of zeros.</summary>
    public static WeightMatrix OfColumns(SourceTensor tensor, int[] columns) =>
        new(Of(tensor)._parts, columns.AsSpan().SequenceEqual(Enumerable.Range(0, tensor.Columns).ToArray()) ? null : columns);

    /// <summary>Matrices of the same width below each other.</summary>
    public static WeightMatrix Concatenate(params ReadOnlySpan<WeightMatrix> matrices)
    {
        var parts = new List<Part>();
        foreach (var matrix in matrices) parts.AddRange(matrix._parts);
        return new WeightMatrix([.. parts], null);
    }

    /// <summary>The stored bytes of one row, before columns are picked, and the tensor it comes from; empty for a row of zeros.</summary>
    public ReadOnlySpan<byte> RowBytes(int row, out SourceTensor tensor)
    {
        (tensor, var source) = Locate(row);
        return source == Zero ? [] : tensor.RowBytes(source);
    }

    /// <summary>One row as float32.</summary>
    public void ReadRow(int row, Span<float> target)
    {
        var (tensor, source) = Locate(row);
        if (source == Zero)
        {
            target.Clear();
        }
        else if (_columns is null)
        {
            tensor.ReadRow(source, target);
        }
        else
        {
            var buffer = ArrayPool<float>.Shared.Rent(tensor.Columns);
            tensor.ReadRow(source, buffer.AsSpan(0, tensor.Columns));
            for (var i = 0; i < _columns.Length; i++) target[i] = _columns[i] == Zero ? 0 : buffer[_columns[i]];
            ArrayPool<float>.Shared.Return(buffer);
        }
    }

    private (SourceTensor Tensor, int Row) Locate(int row)
    {
        foreach (var part in _parts)
        {
            if (row < part.Rows.Length) return (part.Tensor, part.Rows[row]);
            row -= part.Rows.Length;
        }
        throw new ArgumentOutOfRangeException(nameof(row));
    }

    private readonly record struct Part(SourceTensor Tensor, int[] Rows);
}
