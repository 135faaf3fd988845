namespace Models.Onnx.Attention;

/// <summary>
/// What lies where in a block, which holds the keys and values of <see cref="BlockTokens"/> tokens in every layer and head. For a layer and
/// head: keys [head size, tokens], so that one query meets neighbouring tokens in neighbouring lanes; values [tokens, head size]; for
/// <see cref="KvType.Int8"/> then the tokens' key scales and their value scales, float32.
/// </summary>
/// <param name="Layers">Layers of the model.</param>
/// <param name="Heads">Key and value heads.</param>
/// <param name="HeadSize">Dimensions of a head, a multiple of 8.</param>
/// <param name="Type">How each number is kept.</param>
internal readonly record struct KvLayout(int Layers, int Heads, int HeadSize, KvType Type)
{
    /// <summary>Tokens of a block.</summary>
    public const int BlockTokens = 32;

    /// <summary>Bytes of one number.</summary>
    public int ElementBytes => Type switch { KvType.Float32 => 4, KvType.Float16 => 2, _ => 1 };

    /// <summary>Numbers of the keys, or of the values, of a layer and head.</summary>
    public int TileElements => BlockTokens * HeadSize;

    /// <summary>Bytes of a layer and head in a block.</summary>
    public int HeadBytes => 2 * TileElements * ElementBytes + (Type == KvType.Int8 ? 2 * BlockTokens * sizeof(float) : 0);

    /// <summary>Bytes of a block.</summary>
    public long BlockBytes => (long)Layers * Heads * HeadBytes;

    /// <summary>Bytes of one token.</summary>
    public long TokenBytes => BlockBytes / BlockTokens;

    /// <summary>Where a layer and head begin in a block.</summary>
    public long Offset(int layer, int head) => ((long)layer * Heads + head) * HeadBytes;
}
