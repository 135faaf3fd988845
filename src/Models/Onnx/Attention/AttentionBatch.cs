using System.Runtime.InteropServices;

namespace Models.Onnx.Attention;

/// <summary>
/// What one step runs: some sequences, each with some new tokens whose rows lie one after another. The graph gets its address as a
/// number, and every attention operator of the graph reads it.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct AttentionBatch
{
    /// <summary>The sequences.</summary>
    public AttentionSequence* Sequences;

    /// <summary>How many.</summary>
    public int Count;

    /// <summary>How their blocks are laid out.</summary>
    public KvLayout Layout;
}

/// <summary>One sequence's part of a step.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct AttentionSequence
{
    /// <summary>Its blocks in order, with room for the new tokens.</summary>
    public byte** Blocks;

    /// <summary>Row of its first new token.</summary>
    public int FirstRow;

    /// <summary>New tokens.</summary>
    public int Rows;

    /// <summary>Tokens before them.</summary>
    public int Past;
}
