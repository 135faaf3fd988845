namespace Models.Onnx.Attention;

/// <summary>How keys and values are kept.</summary>
public enum KvType
{
    /// <summary>As the model makes them.</summary>
    Float32,

    /// <summary>Half the memory, rounded to 11 bits.</summary>
    Float16,

    /// <summary>A quarter of the memory: 8 bits and one scale a token and head.</summary>
    Int8,
}
