namespace Models.Onnx.Attention;

/// <summary>The attributes of one attention node.</summary>
internal readonly record struct AttentionShape
{
    /// <summary>Which layer's keys and values it uses.</summary>
    public required int Layer { get; init; }

    /// <summary>Query heads.</summary>
    public required int Heads { get; init; }

    /// <summary>Key and value heads; <see cref="Heads"/> is a multiple.</summary>
    public required int KvHeads { get; init; }

    /// <summary>Factor of every dot product of a query and a key.</summary>
    public required float Scale { get; init; }

    /// <summary>Tokens a query sees, itself included; 0 is all.</summary>
    public int Window { get; init; }

    /// <summary>Whether rotated dimensions are neighbours (2i, 2i + 1) and not halves (i, i + half).</summary>
    public bool Interleaved { get; init; }

    /// <summary>Query heads that share a key head.</summary>
    public int Group => Heads / KvHeads;
}

/// <summary>Where one attention node's inputs and output lie.</summary>
internal unsafe struct AttentionData
{
    /// <summary>[rows, heads, head size].</summary>
    public float* Query;

    /// <summary>[rows, kv heads, head size].</summary>
    public float* Key;

    /// <summary>[rows, kv heads, head size].</summary>
    public float* Value;

    /// <summary>Floats from one row of queries to the next.</summary>
    public long QueryStride;

    /// <summary>Floats from one row of keys, or values, to the next.</summary>
    public long KeyStride;

    /// <summary>[rows, heads, head size].</summary>
    public float* Output;

    /// <summary>[positions, half the rotated dimensions]; null where nothing is rotated.</summary>
    public float* Cos;

    /// <summary>Same shape.</summary>
    public float* Sin;

    /// <summary>Half the rotated dimensions.</summary>
    public int RotaryHalf;

    /// <summary>Added to a token's position to find its angles (LongRoPE keeps two tables one after the other).</summary>
    public long PositionShift;
}
