namespace Models.Import;

/// <summary>How weights are stored after an import.</summary>
public enum Quantization
{
    /// <summary>What suits the source: quantized GGUF tensors keep their kind, float weights become int8 or int4.</summary>
    Auto,

    /// <summary>float32, for tests and tiny models.</summary>
    None,

    /// <summary>4 bits per weight in blocks of 32.</summary>
    Int4,

    /// <summary>8 bits per weight in blocks of 32.</summary>
    Int8,
}
