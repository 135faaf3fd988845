namespace Models.Tokens.Splitting;

/// <summary>The pre-tokenizer regexes that have a scanner, exactly as published files spell them.</summary>
internal static class KnownRegexes
{
    /// <summary>GPT-2.</summary>
    public const string Gpt2 = @"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+";

    /// <summary>Qwen 2, 2.5 and 3.</summary>
    public const string Qwen2 = Contraction + @"|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*" + White;

    /// <summary>Qwen 3.5.</summary>
    public const string Qwen35 = Contraction + @"|[^\r\n\p{L}\p{N}]?[\p{L}\p{M}]+|\p{N}| ?[^\s\p{L}\p{M}\p{N}]+[\r\n]*" + White;

    /// <summary>Llama 3.</summary>
    public const string Llama3 = Contraction + @"|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*" + White;

    /// <summary>GPT-4o, gpt-oss, Phi-4-mini, Llama 4.</summary>
    public const string O200k = Upper + "*" + Lower + "+" + Contraction + "?|" + Upper + "+" + Lower + "*" + Contraction + @"?|\p{N}{1,3}" + O200kTail;

    /// <summary>Mistral's Tekken.</summary>
    public const string Tekken = Upper + "*" + Lower + "+|" + Upper + "+" + Lower + @"*|\p{N}" + O200kTail;

    private const string Gpt2AsTiktoken = @"'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+";
    private const string Cl100kAsTiktoken = @"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]++[\r\n]*|\s*[\r\n]|\s+(?!\S)|\s+";

    private const string Contraction = "(?i:'s|'t|'re|'ve|'m|'ll|'d)";
    private const string White = @"|\s*[\r\n]+|\s+(?!\S)|\s+";
    private const string Upper = @"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]";
    private const string Lower = @"[\p{Ll}\p{Lm}\p{Lo}\p{M}]";
    private const string O200kTail = @"| ?[^\s\p{L}\p{N}]+[\r\n/]*" + White;

    /// <summary>The scanner that does what a regex does, or null where there is none.</summary>
    public static WordScanner? FindScanner(string regex) => regex switch
    {
        Gpt2 or Gpt2AsTiktoken => new Gpt2Scanner(),
        Qwen2 => new Cl100kScanner(longestNumber: 1, marksAreLetters: false),
        Qwen35 => new Cl100kScanner(longestNumber: 1, marksAreLetters: true),
        Llama3 or Cl100kAsTiktoken => new Cl100kScanner(longestNumber: 3, marksAreLetters: false),
        O200k => new O200kScanner(longestNumber: 3, contractions: true),
        Tekken => new O200kScanner(longestNumber: 1, contractions: false),
        _ => null,
    };
}
