namespace Runtime.Memory.Index;

/// <summary>What a search needs of a piece before it looks at it.</summary>
/// <param name="Id">Its number in the index.</param>
/// <param name="Owner">Whose it is; empty for everybody's.</param>
/// <param name="Length">Its terms.</param>
/// <param name="Signature">The signature of its vector, in whole words of 64 bits.</param>
internal readonly record struct PieceShape(long Id, string Owner, int Length, byte[] Signature);
