namespace Trainer.Numerics;

/// <summary>A matrix somewhere in a block, row-major as it lies there.</summary>
/// <param name="data">Its first number.</param>
/// <param name="stride">How many numbers are from one row to the next.</param>
/// <param name="isTransposed">True where a product takes its columns for rows.</param>
internal readonly unsafe struct Operand(float* data, int stride, bool isTransposed = false)
{
    /// <summary>Its first number.</summary>
    public float* Data => data;

    /// <summary>How many numbers are from one row to the next.</summary>
    public int Stride => stride;

    /// <summary>True where a product takes its columns for rows.</summary>
    public bool IsTransposed => isTransposed;

    /// <summary>The same matrix, its columns taken for rows.</summary>
    public Operand Transposed => new(data, stride, !isTransposed);

    /// <summary>Where a number lies, by row and column as it lies there.</summary>
    public float* At(int row, int column) => data + (long)row * stride + column;

    /// <summary>The part that begins there.</summary>
    public Operand From(int row, int column) => new(At(row, column), stride, isTransposed);
}
