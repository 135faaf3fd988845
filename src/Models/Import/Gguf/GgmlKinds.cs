using Models.Import.Weights;

namespace Models.Import.Gguf;

/// <summary>ggml's numbers for tensor kinds (ggml.h, enum ggml_type).</summary>
internal static class GgmlKinds
{
    // By number; null where a number was retired.
    private static readonly string?[] Names =
    [
        "F32", "F16", "Q4_0", "Q4_1", null, null, "Q5_0", "Q5_1", "Q8_0", "Q8_1", "Q2_K", "Q3_K", "Q4_K", "Q5_K", "Q6_K", "Q8_K",
        "IQ2_XXS", "IQ2_XS", "IQ3_XXS", "IQ1_S", "IQ4_NL", "IQ3_S", "IQ2_S", "IQ4_XS", "I8", "I16", "I32", "I64", "F64", "IQ1_M",
        "BF16", null, null, null, "TQ1_0", "TQ2_0", null, null, null, "MXFP4", "NVFP4",
    ];

    /// <summary>The kind of that number.</summary>
    /// <exception cref="ImportException">The kind is unknown or not supported; the message names it.</exception>
    public static ElementKind ToElementKind(uint number, string tensor, string path)
    {
        var name = number < (uint)Names.Length ? Names[number] : null;
        if (name is null) throw new ImportException($"Tensor {tensor} in {path} has the unknown kind {number}: the file is damaged or too new.");
        return Enum.TryParse<ElementKind>(name, out var kind)
            ? kind
            : throw new ImportException(
                $"Tensor {tensor} in {path} is stored as {name}, which is not supported. Take a file of the same model in Q4_0, Q4_K_M, Q8_0 or F16.");
    }
}
