namespace Models.Routing;

/// <summary>A target as it is at the moment of a decision. Immutable.</summary>
/// <param name="Target">Who it is.</param>
/// <param name="Tokens">Tokens of the prompt by its own tokenizer, or about.</param>
/// <param name="MostTokens">Tokens it can charge for the prompt at most.</param>
public sealed record Candidate(Target Target, int Tokens, int MostTokens)
{
    /// <summary>Tokens that this machine's memory leaves it for prompt and answer; null where that is no matter.</summary>
    public int? Room { get; init; }

    /// <summary>Tokens of prompt and answer together that it takes now.</summary>
    public int Window => Math.Min(Target.Window, Room ?? int.MaxValue);

    /// <summary>How fast it is.</summary>
    public TargetSpeed Speed { get; init; }

    /// <summary>Tokens of the prompt that it has computed before.</summary>
    public int CachedTokens { get; init; }

    /// <summary>Watts that this machine draws while it answers; 0 where it answers elsewhere, or nobody knows.</summary>
    public double Watts { get; init; }

    /// <summary>Why it cannot be used just now; null where it can.</summary>
    public ExclusionReason? Blocked { get; init; }

    /// <summary>The same in words that follow its name.</summary>
    public string? BlockedDetail { get; init; }

    /// <summary>Tokens of the answer it may make: what is asked, what it makes at most, and what its window leaves.</summary>
    public int AnswerRoom(int most) => Math.Max(0, Math.Min(Math.Min(most, Target.LongestAnswer), Window - Math.Min(Tokens, Window)));

    /// <summary>What a call can cost at most, millionths of a dollar; null where the price is not known.</summary>
    public long? MostCost(int mostAnswer) => Target.Price?.Of(MostTokens, AnswerRoom(mostAnswer));
}
