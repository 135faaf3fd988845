namespace Models.Import.Quantize;

/// <summary>How a weight matrix is stored in the graph.</summary>
internal enum StoredKind
{
    /// <summary>float32.</summary>
    Float,

    /// <summary>Blocks of 32 with 4 bits per weight, zero at 8, and a float32 scale (MatMulNBits, bits = 4).</summary>
    Int4,

    /// <summary>Blocks of 32 with 8 bits per weight, zero at 128, and a float32 scale (MatMulNBits, bits = 8).</summary>
    Int8,
}

internal static class StoredKinds
{
    /// <summary>As reports spell it.</summary>
    public static string Name(this StoredKind kind) => kind switch
    {
        StoredKind.Int4 => "int4",
        StoredKind.Int8 => "int8",
        _ => "none",
    };

    /// <summary>Bits per weight.</summary>
    public static int Bits(this StoredKind kind) => kind switch
    {
        StoredKind.Int4 => 4,
        StoredKind.Int8 => 8,
        _ => 32,
    };
}
