namespace Models.Routing;

/// <summary>
/// What some models elsewhere cost and take, as their makers' price lists had it on <see cref="Dated"/>. Prices change: what its owner sets for
/// a target counts instead, and a model that is not here has no price, which is not zero. Immutable.
/// </summary>
public static class PriceList
{
    // Dollars for a million tokens of prompt and of answer, and tokens with the answer up to which these prices hold.
    private static readonly (string Model, decimal Input, decimal Output, int Window)[] Entries =
    [
        ("claude-opus-4-5", 5, 25, 200_000), ("claude-sonnet-4-5", 3, 15, 200_000), ("claude-haiku-4-5", 1, 5, 200_000),
        ("gpt-5", 1.25m, 10, 400_000), ("gpt-5-mini", 0.25m, 2, 400_000), ("gpt-5-nano", 0.05m, 0.40m, 400_000),
        ("gpt-4.1", 2, 8, 1_047_576), ("gpt-4.1-mini", 0.40m, 1.60m, 1_047_576), ("gpt-4.1-nano", 0.10m, 0.40m, 1_047_576),
        ("gpt-4o", 2.50m, 10, 128_000), ("gpt-4o-mini", 0.15m, 0.60m, 128_000),
    ];

    /// <summary>When it was made.</summary>
    public static DateOnly Dated { get; } = new(2025, 12, 1);

    /// <summary>A model's price and window; null where it is not in the list. A date at the end of its name (<c>-20250929</c>, <c>-2025-08-07</c>) is a version of the same.</summary>
    public static (Price Price, int Window)? Find(string model)
    {
        var name = WithoutDate(model);
        foreach (var (known, input, output, window) in Entries)
            if (name == known) return (new Price((long)(input * 1_000_000), (long)(output * 1_000_000)), window);
        return null;
    }

    private static string WithoutDate(string model)
    {
        var end = model.AsSpan();
        if (end.Length > 9 && end[^9] == '-' && !end[^8..].ContainsAnyExceptInRange('0', '9')) return model[..^9];
        return end.Length > 11 && end[^11] == '-' && end[^6] == '-' && end[^3] == '-' && char.IsAsciiDigit(end[^1]) ? model[..^11] : model;
    }
}
