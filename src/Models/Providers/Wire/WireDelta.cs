namespace Models.Providers.Wire;

/// <summary>What one message of a stream says. Most say one thing.</summary>
internal readonly record struct WireDelta
{
    /// <summary>More of the text.</summary>
    public string? Text { get; init; }

    /// <summary>More of the thinking.</summary>
    public string? Reasoning { get; init; }

    /// <summary>More of a call of a tool.</summary>
    public CallPart? Call { get; init; }

    /// <summary>Tokens so far, as far as they are told.</summary>
    public WireUsage? Usage { get; init; }

    /// <summary>Why it ended: <c>stop</c>, <c>length</c>, <c>tool_calls</c> or <c>content_filter</c>.</summary>
    public string? Finish { get; init; }

    /// <summary>What went wrong over there, in the middle of the answer.</summary>
    public WireFault? Fault { get; init; }

    /// <summary>True for the last message.</summary>
    public bool IsEnd { get; init; }
}

/// <summary>A piece of a call.</summary>
/// <param name="Index">Which of the answer's calls.</param>
/// <param name="Id">What the result names it by; null in later pieces.</param>
/// <param name="Name">The function; null in later pieces.</param>
/// <param name="Arguments">More of the JSON of its arguments.</param>
internal sealed record CallPart(int Index, string? Id, string? Name, string Arguments);

/// <summary>Tokens of a prompt (those that were computed before included) and an answer; null where they are not told.</summary>
internal sealed record WireUsage(long? Input, long? Cached, long? Output);

/// <summary>What a wire says of an error.</summary>
/// <param name="Code">Its code or type, or empty.</param>
/// <param name="Message">Its words, or empty.</param>
internal sealed record WireFault(string Code, string Message);
