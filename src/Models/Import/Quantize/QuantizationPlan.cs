using Models.Import.Weights;

namespace Models.Import.Quantize;

/// <summary>Which kind each weight matrix is stored as.</summary>
/// <param name="requested">What the owner asked for.</param>
/// <param name="parameters">Number of weights of the model.</param>
internal sealed class QuantizationPlan(Quantization requested, long parameters)
{
    // Above this a float model is taken to 4 bits, so that it fits and runs at a bearable speed on the boxes this is for.
    private const long LargestInt8 = 1_000_000_000;

    /// <summary>The kind for a weight stored as <paramref name="source"/>.</summary>
    public StoredKind Choose(ElementKind source) => requested switch
    {
        Quantization.None => StoredKind.Float,
        Quantization.Int4 => StoredKind.Int4,
        Quantization.Int8 => StoredKind.Int8,
        _ => source switch
        {
            ElementKind.Q4_0 or ElementKind.Q4_1 or ElementKind.Q4_K => StoredKind.Int4,
            ElementKind.Q5_0 or ElementKind.Q5_1 or ElementKind.Q5_K or ElementKind.Q6_K or ElementKind.Q8_0 => StoredKind.Int8,
            _ => parameters < LargestInt8 ? StoredKind.Int8 : StoredKind.Int4,
        },
    };

    /// <summary>The kind for a matrix whose parts may be stored differently: the finest any part asks for.</summary>
    public StoredKind Choose(WeightMatrix matrix)
    {
        var kinds = matrix.Kinds.Select(Choose).ToHashSet();
        return kinds.Contains(StoredKind.Float) ? StoredKind.Float : kinds.Contains(StoredKind.Int8) ? StoredKind.Int8 : StoredKind.Int4;
    }
}
