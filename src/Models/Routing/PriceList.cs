namespace Models.Routing;

/// <summary>
/// What some models elsewhere cost and take at those who sell them, as public lists had it on <see cref="Dated"/>: LiteLLM's table of prices and, for
/// OpenRouter, its own list of models. Prices change: what its owner sets for a target counts instead, and a model that is not here, or is sold by somebody else, has no
/// price, which is not zero. Where the lists did not agree it is not here; of OpenRouter's only what its maker alone sells, for others go to whoever is free at
/// another price. Immutable.
/// </summary>
public static class PriceList
{
    // Who sells, by the host of its API: dollars for a million tokens of prompt and of answer, and tokens with the answer up to which these prices hold.
    private static readonly (string Host, (string Model, decimal Input, decimal Output, int Window)[] Models)[] Sellers =
    [
        ("api.openai.com",
        [
            ("gpt-5.5", 5, 30, 272_000), ("gpt-5.4", 2.50m, 15, 272_000), ("gpt-5.4-mini", 0.75m, 4.50m, 272_000), ("gpt-5.4-nano", 0.20m, 1.25m, 272_000),
            ("gpt-5.2", 1.75m, 14, 272_000), ("gpt-5.1", 1.25m, 10, 272_000), ("gpt-5", 1.25m, 10, 272_000), ("gpt-5-mini", 0.25m, 2, 272_000), ("gpt-5-nano", 0.05m, 0.40m, 272_000),
            ("gpt-4.1", 2, 8, 1_047_576), ("gpt-4.1-mini", 0.40m, 1.60m, 1_047_576), ("gpt-4.1-nano", 0.10m, 0.40m, 1_047_576),
            ("gpt-4o", 2.50m, 10, 128_000), ("gpt-4o-mini", 0.15m, 0.60m, 128_000), ("o3", 2, 8, 200_000), ("o4-mini", 1.10m, 4.40m, 200_000),
            // The first of its name was dearer than those that came after.
            ("gpt-4o-2024-05-13", 5, 15, 128_000),
        ]),
        ("api.anthropic.com",
        [
            ("claude-opus-5", 5, 25, 1_000_000), ("claude-opus-4-8", 5, 25, 1_000_000), ("claude-opus-4-7", 5, 25, 1_000_000), ("claude-opus-4-6", 5, 25, 1_000_000), ("claude-opus-4-5", 5, 25, 200_000),
            ("claude-sonnet-5", 2, 10, 1_000_000), ("claude-sonnet-4-6", 3, 15, 1_000_000), ("claude-sonnet-4-5", 3, 15, 200_000), ("claude-haiku-4-5", 1, 5, 200_000),
        ]),
        ("api.deepseek.com", [("deepseek-v4-pro", 0.435m, 0.87m, 1_000_000), ("deepseek-v4-flash", 0.14m, 0.28m, 1_000_000), ("deepseek-chat", 0.28m, 0.42m, 131_072), ("deepseek-reasoner", 0.28m, 0.42m, 131_072)]),
        ("api.groq.com",
        [
            ("openai/gpt-oss-120b", 0.15m, 0.60m, 131_072), ("openai/gpt-oss-20b", 0.075m, 0.30m, 131_072), ("llama-3.3-70b-versatile", 0.59m, 0.79m, 128_000), ("llama-3.1-8b-instant", 0.05m, 0.08m, 128_000),
            ("meta-llama/llama-4-scout-17b-16e-instruct", 0.11m, 0.34m, 131_072), ("meta-llama/llama-4-maverick-17b-128e-instruct", 0.20m, 0.60m, 131_072),
            ("moonshotai/kimi-k2-instruct-0905", 1, 3, 262_144), ("qwen/qwen3-32b", 0.29m, 0.59m, 131_000),
        ]),
        ("openrouter.ai",
        [
            ("openai/gpt-5.5", 5, 30, 272_000), ("openai/gpt-5.4", 2.50m, 15, 272_000), ("openai/gpt-5.4-mini", 0.75m, 4.50m, 272_000), ("openai/gpt-5-mini", 0.25m, 2, 272_000), ("openai/gpt-4.1-mini", 0.40m, 1.60m, 1_047_576),
            ("openai/gpt-4o-mini", 0.15m, 0.60m, 128_000), ("anthropic/claude-opus-5", 5, 25, 1_000_000), ("anthropic/claude-opus-4.8", 5, 25, 1_000_000), ("anthropic/claude-sonnet-5", 2, 10, 1_000_000),
            ("anthropic/claude-sonnet-4.6", 3, 15, 1_000_000), ("anthropic/claude-haiku-4.5", 1, 5, 200_000), ("google/gemini-2.5-pro", 1.25m, 10, 200_000), ("google/gemini-2.5-flash", 0.30m, 2.50m, 1_048_576),
            ("google/gemini-2.5-flash-lite", 0.10m, 0.40m, 1_048_576), ("google/gemini-3.1-flash-lite", 0.25m, 1.50m, 1_048_576), ("google/gemini-3.5-flash", 1.50m, 9, 1_048_576),
            ("x-ai/grok-4.3", 1.25m, 2.50m, 200_000),
        ]),
    ];

    /// <summary>When the lists were looked at.</summary>
    public static DateOnly Dated { get; } = new(2026, 8, 1);

    /// <summary>
    /// What somebody sells a model for, and its window; null where it is not in the list. A date at the end of its name (<c>-20250929</c>, <c>-2025-08-07</c>) is a version of
    /// the same.
    /// </summary>
    /// <param name="host">The host of whoever sells it.</param>
    /// <param name="model">What it is called there.</param>
    public static (Price Price, int Window)? Find(string host, string model)
    {
        foreach (var (seller, models) in Sellers)
            if (seller == host) return Find(models, model) ?? Find(models, WithoutDate(model));
        return null;
    }

    private static (Price Price, int Window)? Find((string Model, decimal Input, decimal Output, int Window)[] models, string name)
    {
        foreach (var (known, input, output, window) in models)
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
