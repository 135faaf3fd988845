using System.Text.Json;
using Appliance.Gateway.Protocol;

namespace Appliance.Gateway.Methods.Wire;

// What the methods about talking send.

/// <summary>A message of a transcript.</summary>
internal sealed record ChatRow(string Role, IReadOnlyList<IPayload> Content, long Timestamp) : IPayload
{
    public string? IdempotencyKey { get; init; }
    public string? Provider { get; init; }
    public string? Model { get; init; }
    public TokenUsage? Usage { get; init; }
    public string? StopReason { get; init; }

    // what tools answered
    public string? ToolCallId { get; init; }
    public string? ToolName { get; init; }
    public bool? IsError { get; init; }

    public bool? ExcludeFromContext { get; init; }
    public ChatRowOrigin? Origin { get; init; }

    public void Write(PayloadWriter to) => to
        .Add("role", Role).Add("content", Content).Add("timestamp", Timestamp).Add("idempotencyKey", IdempotencyKey).Add("provider", Provider)
        .Add("model", Model).Add("usage", Usage).Add("stopReason", StopReason)
        .Add("toolCallId", ToolCallId).Add("toolName", ToolName).Add("isError", IsError).Add("excludeFromContext", ExcludeFromContext)
        .Add("__openclaw", Origin);
}

internal sealed record TextBlock(string Text) : IPayload
{
    public string Type { get; } = "text";

    public void Write(PayloadWriter to) => to.Add("text", Text).Add("type", Type);
}

internal sealed record ToolCallBlock(string Id, string Name, JsonElement Arguments) : IPayload
{
    public string Type { get; } = "toolCall";

    public void Write(PayloadWriter to) => to.Add("type", Type).Add("id", Id).Add("name", Name).Add("arguments", Arguments);
}

internal sealed record TokenUsage(long Input, long Output, long TotalTokens) : IPayload
{
    public long CacheRead { get; init; }
    public long CacheWrite { get; init; }

    public void Write(PayloadWriter to) => to
        .Add("input", Input).Add("output", Output).Add("totalTokens", TotalTokens).Add("cacheRead", CacheRead).Add("cacheWrite", CacheWrite);
}

internal sealed record ChatRowOrigin(string Id, int Seq, long RecordTimestampMs, string? RunId, string? IdempotencyKey, TranscriptPosition TranscriptPosition) : IPayload
{
    /// <summary><c>compaction</c> for a summary that stands for what was before it.</summary>
    public string? Kind { get; init; }

    public void Write(PayloadWriter to) => to
        .Add("id", Id).Add("seq", Seq).Add("recordTimestampMs", RecordTimestampMs).Add("runId", RunId).Add("idempotencyKey", IdempotencyKey)
        .Add("kind", Kind).Add("transcriptPosition", TranscriptPosition);
}

internal sealed record TranscriptPosition(string Source, int RawSeq) : IPayload
{
    public void Write(PayloadWriter to) => to.Add("source", Source).Add("rawSeq", RawSeq);
}

/// <summary>Answer of <c>chat.history</c>.</summary>
internal sealed record ChatHistory(string SessionKey, string? SessionId, IReadOnlyList<ChatRow> Messages) : IPayload
{
    public required string DeltaCursor { get; init; }
    public bool HasMore { get; init; }
    public int TotalMessages { get; init; }
    public required SessionModelDefaults Defaults { get; init; }
    public required SessionRow SessionInfo { get; init; }
    public PendingInputs PendingInputs { get; init; } = new([], 0);
    public InFlightRun? InFlightRun { get; init; }

    // chat.startup alone
    public AgentList? AgentsList { get; init; }
    public ChatMetadata? Metadata { get; init; }

    public void Write(PayloadWriter to) => to
        .Add("sessionKey", SessionKey).Add("sessionId", SessionId).Add("messages", Messages).Add("deltaCursor", DeltaCursor).Add("hasMore", HasMore)
        .Add("totalMessages", TotalMessages).Add("defaults", Defaults).Add("sessionInfo", SessionInfo).Add("pendingInputs", PendingInputs)
        .Add("inFlightRun", InFlightRun).Add("agentsList", AgentsList).Add("metadata", Metadata);
}

internal sealed record PendingInputs(IReadOnlyList<string> Items, int Total) : IPayload
{
    public void Write(PayloadWriter to) => to.Add("items", Items).Add("total", Total);
}

internal sealed record InFlightRun(string RunId, string Text) : IPayload
{
    public void Write(PayloadWriter to) => to.Add("runId", RunId).Add("text", Text);
}

internal sealed record ChatDelta(IReadOnlyList<ChatRow> Messages, string DeltaCursor, SessionRow SessionInfo) : IPayload
{
    public string Kind { get; } = "delta";

    public void Write(PayloadWriter to) => to
        .Add("messages", Messages).Add("deltaCursor", DeltaCursor).Add("sessionInfo", SessionInfo).Add("kind", Kind);
}

internal sealed record ChatReset : IPayload
{
    public string Kind { get; } = "reset";

    public void Write(PayloadWriter to) => to.Add("kind", Kind);
}

internal sealed record ChatMetadata(IReadOnlyList<ModelRow> Models, IReadOnlyList<CommandRow> Commands) : IPayload
{
    public void Write(PayloadWriter to) => to.Add("models", Models).Add("commands", Commands);
}

internal sealed record CommandRow(string Name, string Description, string Category, IReadOnlyList<string> TextAliases, IReadOnlyList<CommandArgument>? Args, bool AcceptsArgs) : IPayload
{
    public string NativeName => Name;
    public string Source { get; } = "native";
    public string Scope { get; } = "both";

    public void Write(PayloadWriter to) => to
        .Add("name", Name).Add("nativeName", NativeName).Add("textAliases", TextAliases).Add("description", Description).Add("category", Category)
        .Add("source", Source).Add("scope", Scope).Add("acceptsArgs", AcceptsArgs).Add("args", Args);
}

internal sealed record CommandArgument(string Name, string Description) : IPayload
{
    public string Type { get; } = "string";

    public void Write(PayloadWriter to) => to.Add("name", Name).Add("description", Description).Add("type", Type);
}

internal sealed record CommandList(IReadOnlyList<CommandRow> Commands) : IPayload
{
    public void Write(PayloadWriter to) => to.Add("commands", Commands);
}

internal sealed record ChatStarted(string RunId, string Status) : IPayload
{
    public void Write(PayloadWriter to) => to.Add("runId", RunId).Add("status", Status);
}

internal sealed record ChatAborted(bool Ok, bool Aborted, IReadOnlyList<string> RunIds) : IPayload
{
    public void Write(PayloadWriter to) => to.Add("ok", Ok).Add("aborted", Aborted).Add("runIds", RunIds);
}

internal sealed record ChatInjected(bool Ok, string MessageId) : IPayload
{
    public void Write(PayloadWriter to) => to.Add("ok", Ok).Add("messageId", MessageId);
}
