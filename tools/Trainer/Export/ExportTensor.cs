using Trainer.Decoder;
using Trainer.Numerics;

namespace Trainer.Export;

/// <summary>A tensor of a file: a parameter as it is, or some columns of a matrix, turned.</summary>
internal sealed unsafe class ExportTensor
{
    private readonly Parameter _parameter;
    private readonly (int First, int Count)? _columns;

    /// <summary>A parameter as it is.</summary>
    public ExportTensor(string name, Parameter parameter)
    {
        (Name, _parameter) = (name, parameter);
        Shape = parameter.Rows == 1 ? [parameter.Columns] : [parameter.Rows, parameter.Columns];
    }

    /// <summary>Some columns of a matrix, turned: [columns, rows].</summary>
    public ExportTensor(string name, Parameter parameter, int first, int count) =>
        (Name, _parameter, _columns, Shape) = (name, parameter, (first, count), [count, parameter.Rows]);

    /// <summary>Its name in the file.</summary>
    public string Name { get; }

    /// <summary>Its dimensions.</summary>
    public int[] Shape { get; }

    /// <summary>How many numbers it has.</summary>
    public long Length => Shape.Aggregate(1L, (product, n) => product * n);

    /// <summary>Its numbers.</summary>
    public float[] Read(FloatBlock weights)
    {
        var numbers = new float[Length];
        var from = weights.Data + _parameter.Offset;
        if (_columns is not { } columns) new ReadOnlySpan<float>(from, numbers.Length).CopyTo(numbers);
        else
        {
            for (var row = 0; row < _parameter.Rows; row++)
            {
                for (var i = 0; i < columns.Count; i++) numbers[(long)i * _parameter.Rows + row] = from[(long)row * _parameter.Columns + columns.First + i];
            }
        }
        return numbers;
    }

    /// <summary>Puts its numbers where they were read from.</summary>
    public void Write(ReadOnlySpan<float> numbers, FloatBlock weights)
    {
        var to = weights.Data + _parameter.Offset;
        if (_columns is not { } columns) numbers.CopyTo(new Span<float>(to, numbers.Length));
        else
        {
            for (var row = 0; row < _parameter.Rows; row++)
            {
                for (var i = 0; i < columns.Count; i++) to[(long)row * _parameter.Columns + columns.First + i] = numbers[i * _parameter.Rows + row];
            }
        }
    }
}
