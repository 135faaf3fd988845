namespace Models.Generation;

/// <summary>What all generations together have taken since the start, whoever asked for them. Safe for several threads.</summary>
public sealed class GenerationTotals
{
    private long _generations, _promptTokens, _reusedTokens, _completionTokens, _prefillTicks, _decodeTicks;

    /// <summary>Generations that came to an end.</summary>
    public long Generations => Interlocked.Read(ref _generations);

    /// <summary>Tokens of their prompts.</summary>
    public long PromptTokens => Interlocked.Read(ref _promptTokens);

    /// <summary>Of those, tokens that had been computed before.</summary>
    public long ReusedTokens => Interlocked.Read(ref _reusedTokens);

    /// <summary>Tokens of their answers.</summary>
    public long CompletionTokens => Interlocked.Read(ref _completionTokens);

    /// <summary>Time to their first tokens.</summary>
    public TimeSpan Prefill => new(Interlocked.Read(ref _prefillTicks));

    /// <summary>Time from their first tokens to their last.</summary>
    public TimeSpan Decode => new(Interlocked.Read(ref _decodeTicks));

    /// <summary>Adds one.</summary>
    public void Add(GenerationTimings timings)
    {
        Interlocked.Increment(ref _generations);
        Interlocked.Add(ref _promptTokens, timings.PromptTokens);
        Interlocked.Add(ref _reusedTokens, timings.ReusedTokens);
        Interlocked.Add(ref _completionTokens, timings.CompletionTokens);
        Interlocked.Add(ref _prefillTicks, timings.Prefill.Ticks);
        Interlocked.Add(ref _decodeTicks, timings.Decode.Ticks);
    }
}
