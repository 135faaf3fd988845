namespace Models.Import.Sources;

/// <summary>
/// Rotary position embedding (Su et al. 2021) as the frequencies it rotates by: pair i of a head turns by position × frequency i.
/// Every scaling but LongRoPE is folded into them.
/// </summary>
internal sealed record Rope
{
    /// <summary>More dimensions than any head has.</summary>
    public const int LargestHead = 1024;

    private Rope(double[] frequencies) => Frequencies = frequencies;

    /// <summary>Radians per position, one per pair.</summary>
    public double[] Frequencies { get; private init; }

    /// <summary>Factor on cos and sin (LongRoPE's attention factor).</summary>
    public double Magnitude { get; init; } = 1;

    /// <summary>LongRoPE: frequencies once the sequence is longer than <see cref="OriginalContext"/>; null elsewhere.</summary>
    public double[]? LongFrequencies { get; private init; }

    /// <summary>LongRoPE: the context the model was first trained for, tokens.</summary>
    public int OriginalContext { get; private init; }

    /// <summary>Number of pairs that are rotated.</summary>
    public int Half => Frequencies.Length;

    /// <summary>Frequencies base^(−2i / size).</summary>
    public static Rope FromBase(double @base, int size)
    {
        if (!(@base > 0) || !double.IsFinite(@base) || size is < 2 or > LargestHead || size % 2 != 0)
            throw new ImportException($"Rotary embedding over {size} dimensions with base {@base} cannot be: the model is damaged. Fetch it again.");
        return new Rope([.. Enumerable.Range(0, size / 2).Select(i => Math.Pow(@base, -2.0 * i / size))]);
    }

    /// <summary>Linear scaling: positions are divided by the factor (Chen et al. 2023).</summary>
    public Rope Linear(double factor) => Divide([.. Frequencies.Select(_ => factor)]);

    /// <summary>Every frequency divided by its own factor, as GGUF's rope_freqs states it.</summary>
    public Rope Divide(IReadOnlyList<double> factors) => this with { Frequencies = Divided(factors) };

    /// <summary>Llama 3.1's scaling: low frequencies are divided by the factor, high ones kept, those between blended.</summary>
    public Rope Llama3(double factor, double lowFactor, double highFactor, double originalContext)
    {
        if (!(highFactor > lowFactor)) throw new ImportException($"rope_scaling llama3 has high_freq_factor {highFactor} not above low_freq_factor {lowFactor}.");
        return Divide([.. Frequencies.Select(frequency =>
        {
            var turns = originalContext * frequency / (2 * Math.PI);
            var smooth = Math.Clamp((turns - lowFactor) / (highFactor - lowFactor), 0, 1);
            return 1 / (smooth + (1 - smooth) / factor);
        })]);
    }

    /// <summary>LongRoPE (Ding et al. 2024): one list of factors up to the original context and another beyond it.</summary>
    public Rope LongRope(IReadOnlyList<double> shortFactors, IReadOnlyList<double> longFactors, int originalContext, double magnitude) => this with
    {
        Frequencies = Divided(shortFactors),
        LongFrequencies = Divided(longFactors),
        OriginalContext = originalContext,
        Magnitude = magnitude,
    };

    /// <summary>The magnitude LongRoPE takes where the model states none: the attention spreads over more tokens.</summary>
    public static double LongRopeMagnitude(int context, int originalContext) =>
        context <= originalContext || originalContext < 2 ? 1 : Math.Sqrt(1 + Math.Log((double)context / originalContext) / Math.Log(originalContext));

    private double[] Divided(IReadOnlyList<double> factors)
    {
        if (factors.Count != Half) throw new ImportException($"The model lists {factors.Count} rotary factors for {Half} pairs of dimensions.");
        if (factors.Any(f => !(f > 0) || !double.IsFinite(f))) throw new ImportException("A rotary factor of the model is not a positive number.");
        return [.. Frequencies.Select((frequency, i) => frequency / factors[i])];
    }
}
