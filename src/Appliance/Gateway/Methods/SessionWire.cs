using System.Text.Json.Serialization;

namespace Appliance.Gateway.Methods;

// What the methods about sessions and chat send. Names are the protocol's; numbers are tokens, bytes or Unix milliseconds.

/// <summary>A session in a list.</summary>
internal sealed record SessionRow(string Key, string SessionId, long UpdatedAt)
{
    public string Kind { get; } = "direct";
    public string ChatType { get; } = "direct";
    public string AgentId { get; init; } = "main";
    public required string Classification { get; init; }
    public required bool IsMain { get; init; }
    public bool IsBackground { get; init; }
    public string? Label { get; init; }
    public required string DisplayName { get; init; }
    public string? DerivedTitle { get; init; }
    public string? LastMessagePreview { get; init; }
    public string? Category { get; init; }
    public long CreatedAt { get; init; }
    public long SnapshotAt { get; init; }
    public bool Archived { get; init; }
    public bool Pinned { get; init; }
    public bool Unread { get; init; }
    public string? ModelProvider { get; init; }
    public string? Model { get; init; }
    public string ThinkingLevel { get; } = "off";
    public IReadOnlyList<ThinkingLevel> ThinkingLevels { get; } = Methods.ThinkingLevel.Off;
    public long InputTokens { get; init; }
    public long OutputTokens { get; init; }
    public long TotalTokens { get; init; }
    public long? ContextTokens { get; init; }
    public string? Status { get; init; }
    public bool AbortedLastRun { get; init; }
    public bool HasActiveRun { get; init; }
    public IReadOnlyList<string> ActiveRunIds { get; init; } = [];
}

/// <summary>How hard a model may think; local models have no dial.</summary>
internal sealed record ThinkingLevel(string Id, string Label)
{
    /// <summary>The one level there is.</summary>
    public static IReadOnlyList<ThinkingLevel> Off { get; } = [new("off", "off")];
}

/// <summary>Defaults of new sessions.</summary>
internal sealed record SessionModelDefaults(string? ModelProvider, string? Model, long? ContextTokens)
{
    public IReadOnlyList<ThinkingLevel> ThinkingLevels { get; } = ThinkingLevel.Off;
    public string ThinkingDefault { get; } = "off";
    public string ModelSelectionTarget { get; } = "session";
}

/// <summary>Answer of <c>sessions.list</c>.</summary>
internal sealed record SessionList(long Ts, string Path, int Count, int TotalCount, SessionModelDefaults Defaults, IReadOnlyList<SessionRow> Sessions)
{
    public required int LimitApplied { get; init; }
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)] public int? NextOffset { get; init; }
    public bool HasMore { get; init; }
    public IReadOnlyList<string> Owners { get; } = [];
}

internal sealed record SessionsSubscribed(bool Subscribed, SessionList? List);

internal sealed record MessagesSubscribed(bool Subscribed, string Key);

internal sealed record SessionDescribed([property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] SessionRow? Session);

internal sealed record SessionPreviews(long Ts, IReadOnlyList<SessionPreview> Previews);

internal sealed record SessionPreview(string Key, string Status, IReadOnlyList<PreviewItem> Items);

internal sealed record PreviewItem(string Role, string Text);

internal sealed record SessionResolved(bool Ok, string? Key, string? AgentId);

internal sealed record SessionMessages(IReadOnlyList<ChatRow> Messages);

internal sealed record SessionChanged(bool Ok, string Path, string Key, SessionEntry Entry, ModelChoice Resolved);

internal sealed record SessionCreated(bool Ok, string Key, string SessionId, SessionEntry Entry, bool RunStarted, string? RunId);

internal sealed record SessionReset(bool Ok, string Key, SessionEntry Entry);

internal sealed record SessionDeleted(bool Ok, string Key, bool Deleted, IReadOnlyList<string> Archived);

internal sealed record SessionEntry(string SessionId, long UpdatedAt, long CreatedAt, string? Label, string? Model, string? Category, bool Pinned, bool Archived, bool Unread);

internal sealed record ModelChoice(string? ModelProvider, string? Model);

/// <summary>A message of a transcript.</summary>
internal sealed record ChatRow(string Role, IReadOnlyList<TextBlock> Content, long Timestamp)
{
    public string? IdempotencyKey { get; init; }
    public string? Provider { get; init; }
    public string? Model { get; init; }
    public TokenUsage? Usage { get; init; }
    public string? StopReason { get; init; }
    [JsonPropertyName("__openclaw")] public ChatRowOrigin? Origin { get; init; }
}

internal sealed record TextBlock(string Text)
{
    public string Type { get; } = "text";
}

internal sealed record TokenUsage(long Input, long Output, long TotalTokens)
{
    public long CacheRead { get; init; }
    public long CacheWrite { get; init; }
}

internal sealed record ChatRowOrigin(string Id, int Seq, long RecordTimestampMs, string? RunId, string? IdempotencyKey, TranscriptPosition TranscriptPosition);

internal sealed record TranscriptPosition(string Source, int RawSeq);

/// <summary>Answer of <c>chat.history</c>.</summary>
internal sealed record ChatHistory(string SessionKey, string SessionId, IReadOnlyList<ChatRow> Messages)
{
    public required string DeltaCursor { get; init; }
    public bool HasMore { get; init; }
    public int TotalMessages { get; init; }
    public required SessionModelDefaults Defaults { get; init; }
    public required SessionRow SessionInfo { get; init; }
    public PendingInputs PendingInputs { get; init; } = new([], 0);
    public InFlightRun? InFlightRun { get; init; }
    public string ThinkingLevel { get; } = "off";

    // chat.startup alone
    public AgentList? AgentsList { get; init; }
    public ChatMetadata? Metadata { get; init; }
}

internal sealed record PendingInputs(IReadOnlyList<string> Items, int Total);

internal sealed record InFlightRun(string RunId, string Text);

internal sealed record ChatDelta(IReadOnlyList<ChatRow> Messages, string DeltaCursor, SessionRow SessionInfo)
{
    public string Kind { get; } = "delta";
}

internal sealed record ChatReset
{
    public string Kind { get; } = "reset";
}

internal sealed record HistoryCursor(string SessionId, int LastSeq);

internal sealed record ChatMetadata(IReadOnlyList<ModelRow> Models, IReadOnlyList<CommandRow> Commands);

internal sealed record CommandRow(string Name, string Description, string Category, bool AcceptsArgs)
{
    public string NativeName => Name;
    public IReadOnlyList<string> TextAliases => ["/" + Name];
    public string Source { get; } = "native";
    public string Scope { get; } = "both";
}

internal sealed record CommandList(IReadOnlyList<CommandRow> Commands);

internal sealed record ChatStarted(string RunId, string Status);

internal sealed record ChatAborted(bool Ok, bool Aborted, IReadOnlyList<string> RunIds);

internal sealed record ChatInjected(bool Ok, string MessageId);

internal sealed record AgentAccepted(string RunId, string SessionKey, string AgentId, long AcceptedAt)
{
    public string Status { get; } = "accepted";
}

internal sealed record AgentFinished(string RunId, string Status, string Summary, AgentResult Result);

internal sealed record AgentResult(IReadOnlyList<AgentPayload> Payloads, AgentMeta Meta);

internal sealed record AgentPayload(string Text)
{
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)] public string? MediaUrl { get; init; }
}

internal sealed record AgentMeta(long DurationMs, [property: JsonPropertyName("agentMeta")] AgentMetaDetail Detail, bool Aborted);

internal sealed record AgentMetaDetail(string SessionId, string Provider, string? Model, AgentUsage Usage);

internal sealed record AgentUsage(long Input, long Output, long Total);

internal sealed record AgentWaited(string RunId, string Status, long? StartedAt, long? EndedAt, string? Error);

// Events.

internal sealed record ChatEvent(string RunId, string SessionKey, int Seq, string State)
{
    public string AgentId { get; } = "main";
    public string? Phase { get; init; }
    public string? DeltaText { get; init; }
    public ChatRow? Message { get; init; }
    public string? StopReason { get; init; }
    public string? ErrorMessage { get; init; }
    public string? ErrorKind { get; init; }
}

internal sealed record AgentEvent(string RunId, int Seq, string Stream, long Ts, AgentEventData Data, string SessionKey, string SessionId)
{
    public string AgentId { get; } = "main";
    public bool IsHeartbeat { get; }
}

internal sealed record AgentEventData
{
    public string? Phase { get; init; }
    public string? Text { get; init; }
    public string? Delta { get; init; }
    public string? ItemId { get; init; }
    public long? OutputTokens { get; init; }
    public long? StartedAt { get; init; }
    public long? EndedAt { get; init; }
    public bool? Aborted { get; init; }
    public string? StopReason { get; init; }
    public string? Error { get; init; }
    public TerminalReply? TerminalReply { get; init; }
}

internal sealed record TerminalReply(string Disposition, string Text);

internal sealed record SessionMessageEvent(string SessionKey, ChatRow Message)
{
    public string AgentId { get; } = "main";
}

internal sealed record SessionsChangedEvent(string SessionKey, long Ts)
{
    public string AgentId { get; } = "main";
    public string? Reason { get; init; }
    public string? Phase { get; init; }
    public string? RunId { get; init; }
    public SessionRow? Session { get; init; }
}
