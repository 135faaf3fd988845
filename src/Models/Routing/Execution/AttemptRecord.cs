namespace Models.Routing.Execution;

/// <summary>One call of one target. Immutable.</summary>
/// <param name="Target">Who.</param>
/// <param name="Outcome"><c>answered</c>, <c>stopped</c> where nobody wanted the answer any more, <c>late</c> where another was quicker, <c>unsure</c>, <c>empty</c> or <c>malformed</c> where another was asked for a better answer, or the fault.</param>
public sealed record AttemptRecord(string Target, string Outcome)
{
    /// <summary>Seconds until its first token; null where there was none.</summary>
    public double? FirstToken { get; init; }

    /// <summary>Seconds it took in all.</summary>
    public double Seconds { get; init; }

    /// <summary>Tokens of the prompt, where that was told.</summary>
    public long? PromptTokens { get; init; }

    /// <summary>Tokens of the answer, where that was told.</summary>
    public long? AnswerTokens { get; init; }

    /// <summary>Millionths of a dollar it counts for.</summary>
    public long Cost { get; init; }

    /// <summary>Joules this machine drew for it, about; null where it does not tell, or it was elsewhere.</summary>
    public double? Joules { get; init; }

    /// <summary>Bytes it was sent, where it is elsewhere: bodies of requests, all of them where nobody knows how much of one had gone.</summary>
    public long BytesOut { get; init; }

    /// <summary>Where they went, such as <c>api.openai.com</c>; null for a model of this box.</summary>
    public string? To { get; init; }

    /// <summary>True where it went on with another's answer.</summary>
    public bool Continues { get; init; }

    /// <summary>True where it was called beside one that was slow.</summary>
    public bool IsHedge { get; init; }
}
