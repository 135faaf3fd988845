namespace Models.Import;

/// <summary>How to import.</summary>
public sealed record ImportOptions
{
    /// <summary>How weights are stored.</summary>
    public Quantization Quantization { get; init; } = Quantization.Auto;

    /// <summary>Told the bytes of source weights done and in all, after each tensor.</summary>
    public IProgress<(long Done, long Total)>? Progress { get; init; }
}
