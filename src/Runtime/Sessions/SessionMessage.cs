namespace Runtime.Sessions;

/// <summary>One message of a transcript.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Seq">Its place in the transcript, from 1.</param>
/// <param name="Ts">When it was written, Unix milliseconds.</param>
/// <param name="Role"><c>user</c>, <c>assistant</c>, <c>tool</c> or <c>summary</c>.</param>
/// <param name="Text">What was said.</param>
public sealed record SessionMessage(string Id, int Seq, long Ts, string Role, string Text)
{
    /// <summary>Role of a person's message.</summary>
    public const string User = "user";

    /// <summary>Role of a summary that stands, for the model, for what was said before it.</summary>
    public const string Summary = "summary";

    /// <summary>Role of an answer.</summary>
    public const string Assistant = "assistant";

    /// <summary>Role of what a tool answered.</summary>
    public const string Tool = "tool";

    /// <summary>The turn it belongs to; null for what was put in from outside.</summary>
    public string? RunId { get; init; }

    /// <summary>Key under which the message is written once only.</summary>
    public string? IdempotencyKey { get; init; }

    /// <summary>How it came; null for the owner's own, and for what no person said.</summary>
    public MessageOrigin? Origin { get; init; }

    /// <summary>The model that answered.</summary>
    public string? Model { get; init; }

    /// <summary>Tokens of the prompt.</summary>
    public long InputTokens { get; init; }

    /// <summary>Tokens of the answer.</summary>
    public long OutputTokens { get; init; }

    /// <summary>Why the answer ended: <c>stop</c>, <c>length</c>, <c>toolUse</c>, <c>aborted</c> or <c>error</c>.</summary>
    public string? StopReason { get; init; }

    /// <summary>True for what the model is not told: commands and their answers.</summary>
    public bool OutOfContext { get; init; }

    /// <summary>The tools an answer calls; their results follow as messages of their own.</summary>
    public IReadOnlyList<SessionToolCall> ToolCalls { get; init; } = [];

    /// <summary>The call that this is the result of.</summary>
    public string? ToolCallId { get; init; }

    /// <summary>The tool that this is the result of.</summary>
    public string? ToolName { get; init; }

    /// <summary>True for a result that says why it could not be done.</summary>
    public bool IsError { get; init; }

    /// <summary>True for a result that holds something private, or written by others.</summary>
    public bool IsData { get; init; }
}
