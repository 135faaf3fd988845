namespace Models.Routing;

/// <summary>What a target charges: millionths of a dollar for a million tokens, as price lists have it ($3.00 is 3,000,000). A price that is not known is null, never zero.</summary>
/// <param name="Input">For tokens of the prompt.</param>
/// <param name="Output">For tokens of the answer, reasoning included.</param>
public readonly record struct Price(long Input, long Output)
{
    private const long Million = 1_000_000;

    /// <summary>What runs here.</summary>
    public static Price Free => default;

    /// <summary>True where it costs nothing.</summary>
    public bool IsFree => this == default;

    /// <summary>What a call costs, millionths of a dollar, rounded up; never less than it is, however large the numbers.</summary>
    public long Of(long promptTokens, long answerTokens)
    {
        var exact = (Int128)Math.Max(0, Input) * Math.Max(0, promptTokens) + (Int128)Math.Max(0, Output) * Math.Max(0, answerTokens);
        return (long)Int128.Min(long.MaxValue, (exact + (Million - 1)) / Million);
    }
}
