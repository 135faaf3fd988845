namespace Models.Import.Weights;

/// <summary>How a source stores the numbers of a tensor. Names are ggml's.</summary>
internal enum ElementKind
{
    F32,
    F16,
    BF16,
    Q4_0,
    Q4_1,
    Q5_0,
    Q5_1,
    Q8_0,
    Q4_K,
    Q5_K,
    Q6_K,
}

/// <summary>Block sizes of <see cref="ElementKind"/> (ggml's ggml-common.h defines the layouts).</summary>
internal static class ElementKinds
{
    /// <summary>Numbers in one block; 1 for plain floats.</summary>
    public static int BlockLength(this ElementKind kind) => kind switch
    {
        ElementKind.F32 or ElementKind.F16 or ElementKind.BF16 => 1,
        ElementKind.Q4_K or ElementKind.Q5_K or ElementKind.Q6_K => 256,
        _ => 32,
    };

    /// <summary>Bytes of one block.</summary>
    public static int BlockBytes(this ElementKind kind) => kind switch
    {
        ElementKind.F32 => 4,
        ElementKind.F16 or ElementKind.BF16 => 2,
        ElementKind.Q4_0 => 18,
        ElementKind.Q4_1 => 20,
        ElementKind.Q5_0 => 22,
        ElementKind.Q5_1 => 24,
        ElementKind.Q8_0 => 34,
        ElementKind.Q4_K => 144,
        ElementKind.Q5_K => 176,
        ElementKind.Q6_K => 210,
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    /// <summary>True for kinds that store blocks of small integers.</summary>
    public static bool IsQuantized(this ElementKind kind) => kind.BlockLength() > 1;
}
