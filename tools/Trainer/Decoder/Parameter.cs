namespace Trainer.Decoder;

/// <summary>One matrix or vector of a decoder, as a part of the block that all of them lie in.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Rows">Its rows; a matrix has as many as numbers go in.</param>
/// <param name="Columns">Its columns; as many as come out. 1 row for a vector.</param>
/// <param name="Offset">Where in the block it begins.</param>
/// <param name="Kind">What it is for.</param>
internal readonly record struct Parameter(string Name, int Rows, int Columns, long Offset, ParameterKind Kind)
{
    /// <summary>How many numbers it has.</summary>
    public long Length => (long)Rows * Columns;
}
