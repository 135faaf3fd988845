using Appliance.Gateway.Protocol;

namespace Appliance.Gateway.Methods;

// What the methods about sessions and chat send. Names are the protocol's; numbers are tokens, bytes or Unix milliseconds.

/// <summary>A session in a list.</summary>
internal sealed record SessionRow(string Key, string SessionId, long UpdatedAt) : IPayload
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

    public void Write(PayloadWriter to) => to
        .Add("key", Key).Add("sessionId", SessionId).Add("updatedAt", UpdatedAt).Add("kind", Kind).Add("chatType", ChatType).Add("agentId", AgentId)
        .Add("classification", Classification).Add("isMain", IsMain).Add("isBackground", IsBackground).Add("label", Label)
        .Add("displayName", DisplayName).Add("derivedTitle", DerivedTitle).Add("lastMessagePreview", LastMessagePreview).Add("category", Category)
        .Add("createdAt", CreatedAt).Add("snapshotAt", SnapshotAt).Add("archived", Archived).Add("pinned", Pinned).Add("unread", Unread)
        .Add("modelProvider", ModelProvider).Add("model", Model).Add("thinkingLevel", ThinkingLevel).Add("thinkingLevels", ThinkingLevels)
        .Add("inputTokens", InputTokens).Add("outputTokens", OutputTokens).Add("totalTokens", TotalTokens).Add("contextTokens", ContextTokens)
        .Add("status", Status).Add("abortedLastRun", AbortedLastRun).Add("hasActiveRun", HasActiveRun).Add("activeRunIds", ActiveRunIds);
}

/// <summary>How hard a model may think; local models have no dial.</summary>
internal sealed record ThinkingLevel(string Id, string Label) : IPayload
{
    /// <summary>The one level there is.</summary>
    public static IReadOnlyList<ThinkingLevel> Off { get; } = [new("off", "off")];

    public void Write(PayloadWriter to) => to.Add("id", Id).Add("label", Label);
}

/// <summary>Defaults of new sessions.</summary>
internal sealed record SessionModelDefaults(string? ModelProvider, string? Model, long? ContextTokens) : IPayload
{
    public IReadOnlyList<ThinkingLevel> ThinkingLevels { get; } = ThinkingLevel.Off;
    public string ThinkingDefault { get; } = "off";
    public string ModelSelectionTarget { get; } = "session";

    public void Write(PayloadWriter to) => to
        .Add("modelProvider", ModelProvider).Add("model", Model).Add("contextTokens", ContextTokens).Add("thinkingLevels", ThinkingLevels)
        .Add("thinkingDefault", ThinkingDefault).Add("modelSelectionTarget", ModelSelectionTarget);
}

/// <summary>Answer of <c>sessions.list</c>.</summary>
internal sealed record SessionList(long Ts, string Path, int Count, int TotalCount, SessionModelDefaults Defaults, IReadOnlyList<SessionRow> Sessions) : IPayload
{
    public required int LimitApplied { get; init; }
    public int? NextOffset { get; init; }
    public bool HasMore { get; init; }
    public IReadOnlyList<string> Owners { get; } = [];

    public void Write(PayloadWriter to) => to
        .Add("ts", Ts).Add("path", Path).Add("count", Count).Add("totalCount", TotalCount).Add("defaults", Defaults).Add("sessions", Sessions)
        .Add("limitApplied", LimitApplied).Stay("nextOffset", NextOffset).Add("hasMore", HasMore).Add("owners", Owners);
}

internal sealed record SessionsSubscribed(bool Subscribed, SessionList? List) : IPayload
{
    public void Write(PayloadWriter to) => to.Add("subscribed", Subscribed).Add("list", List);
}

internal sealed record MessagesSubscribed(bool Subscribed, string Key) : IPayload
{
    public void Write(PayloadWriter to) => to.Add("subscribed", Subscribed).Add("key", Key);
}

internal sealed record SessionDescribed(SessionRow? Session) : IPayload
{
    public void Write(PayloadWriter to) => to.Stay("session", Session);
}

internal sealed record SessionPreviews(long Ts, IReadOnlyList<SessionPreview> Previews) : IPayload
{
    public void Write(PayloadWriter to) => to.Add("ts", Ts).Add("previews", Previews);
}

internal sealed record SessionPreview(string Key, string Status, IReadOnlyList<PreviewItem> Items) : IPayload
{
    public void Write(PayloadWriter to) => to.Add("key", Key).Add("status", Status).Add("items", Items);
}

internal sealed record PreviewItem(string Role, string Text) : IPayload
{
    public void Write(PayloadWriter to) => to.Add("role", Role).Add("text", Text);
}

internal sealed record SessionResolved(bool Ok, string? Key, string? AgentId) : IPayload
{
    public void Write(PayloadWriter to) => to.Add("ok", Ok).Add("key", Key).Add("agentId", AgentId);
}

internal sealed record SessionMessages(IReadOnlyList<ChatRow> Messages) : IPayload
{
    public void Write(PayloadWriter to) => to.Add("messages", Messages);
}

internal sealed record SessionChanged(bool Ok, string Path, string Key, SessionEntry Entry, ModelChoice Resolved) : IPayload
{
    public void Write(PayloadWriter to) => to.Add("ok", Ok).Add("path", Path).Add("key", Key).Add("entry", Entry).Add("resolved", Resolved);
}

internal sealed record SessionCreated(bool Ok, string Key, string SessionId, SessionEntry Entry, bool RunStarted, string? RunId) : IPayload
{
    public void Write(PayloadWriter to) => to
        .Add("ok", Ok).Add("key", Key).Add("sessionId", SessionId).Add("entry", Entry).Add("runStarted", RunStarted).Add("runId", RunId);
}

internal sealed record SessionReset(bool Ok, string Key, SessionEntry Entry) : IPayload
{
    public void Write(PayloadWriter to) => to.Add("ok", Ok).Add("key", Key).Add("entry", Entry);
}

internal sealed record SessionDeleted(bool Ok, string Key, bool Deleted, IReadOnlyList<string> Archived) : IPayload
{
    public void Write(PayloadWriter to) => to.Add("ok", Ok).Add("key", Key).Add("deleted", Deleted).Add("archived", Archived);
}

internal sealed record SessionEntry(string SessionId, long UpdatedAt, long CreatedAt, string? Label, string? Model, string? Category, bool? Pinned, bool? Archived, bool? Unread) : IPayload
{
    public void Write(PayloadWriter to) => to
        .Add("sessionId", SessionId).Add("updatedAt", UpdatedAt).Add("createdAt", CreatedAt).Add("label", Label).Add("model", Model)
        .Add("category", Category).Add("pinned", Pinned).Add("archived", Archived).Add("unread", Unread);
}

internal sealed record ModelChoice(string? ModelProvider, string? Model) : IPayload
{
    public void Write(PayloadWriter to) => to.Add("modelProvider", ModelProvider).Add("model", Model);
}

/// <summary>A message of a transcript.</summary>
internal sealed record ChatRow(string Role, IReadOnlyList<TextBlock> Content, long Timestamp) : IPayload
{
    public string? IdempotencyKey { get; init; }
    public string? Provider { get; init; }
    public string? Model { get; init; }
    public TokenUsage? Usage { get; init; }
    public string? StopReason { get; init; }
    public ChatRowOrigin? Origin { get; init; }

    public void Write(PayloadWriter to) => to
        .Add("role", Role).Add("content", Content).Add("timestamp", Timestamp).Add("idempotencyKey", IdempotencyKey).Add("provider", Provider)
        .Add("model", Model).Add("usage", Usage).Add("stopReason", StopReason).Add("__openclaw", Origin);
}

internal sealed record TextBlock(string Text) : IPayload
{
    public string Type { get; } = "text";

    public void Write(PayloadWriter to) => to.Add("text", Text).Add("type", Type);
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
    public void Write(PayloadWriter to) => to
        .Add("id", Id).Add("seq", Seq).Add("recordTimestampMs", RecordTimestampMs).Add("runId", RunId).Add("idempotencyKey", IdempotencyKey)
        .Add("transcriptPosition", TranscriptPosition);
}

internal sealed record TranscriptPosition(string Source, int RawSeq) : IPayload
{
    public void Write(PayloadWriter to) => to.Add("source", Source).Add("rawSeq", RawSeq);
}

/// <summary>Answer of <c>chat.history</c>.</summary>
internal sealed record ChatHistory(string SessionKey, string SessionId, IReadOnlyList<ChatRow> Messages) : IPayload
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

internal sealed record CommandRow(string Name, string Description, string Category, bool AcceptsArgs) : IPayload
{
    public string NativeName => Name;
    public IReadOnlyList<string> TextAliases => ["/" + Name];
    public string Source { get; } = "native";
    public string Scope { get; } = "both";

    public void Write(PayloadWriter to) => to
        .Add("name", Name).Add("description", Description).Add("category", Category).Add("acceptsArgs", AcceptsArgs).Add("nativeName", NativeName)
        .Add("textAliases", TextAliases).Add("source", Source).Add("scope", Scope);
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

internal sealed record AgentAccepted(string RunId, string SessionKey, string AgentId, long AcceptedAt) : IPayload
{
    public string Status { get; } = "accepted";

    public void Write(PayloadWriter to) => to
        .Add("runId", RunId).Add("sessionKey", SessionKey).Add("agentId", AgentId).Add("acceptedAt", AcceptedAt).Add("status", Status);
}

internal sealed record AgentFinished(string RunId, string Status, string Summary, AgentResult Result) : IPayload
{
    public void Write(PayloadWriter to) => to.Add("runId", RunId).Add("status", Status).Add("summary", Summary).Add("result", Result);
}

internal sealed record AgentResult(IReadOnlyList<AgentPayload> Payloads, AgentMeta Meta) : IPayload
{
    public void Write(PayloadWriter to) => to.Add("payloads", Payloads).Add("meta", Meta);
}

internal sealed record AgentPayload(string Text) : IPayload
{
    public string? MediaUrl { get; init; }

    public void Write(PayloadWriter to) => to.Add("text", Text).Stay("mediaUrl", MediaUrl);
}

internal sealed record AgentMeta(long DurationMs, AgentMetaDetail Detail, bool Aborted) : IPayload
{
    public void Write(PayloadWriter to) => to.Add("durationMs", DurationMs).Add("agentMeta", Detail).Add("aborted", Aborted);
}

internal sealed record AgentMetaDetail(string SessionId, string Provider, string? Model, AgentUsage Usage) : IPayload
{
    public void Write(PayloadWriter to) => to.Add("sessionId", SessionId).Add("provider", Provider).Add("model", Model).Add("usage", Usage);
}

internal sealed record AgentUsage(long Input, long Output, long Total) : IPayload
{
    public void Write(PayloadWriter to) => to.Add("input", Input).Add("output", Output).Add("total", Total);
}

internal sealed record AgentWaited(string RunId, string Status, long? StartedAt, long? EndedAt, string? Error) : IPayload
{
    public void Write(PayloadWriter to) => to
        .Add("runId", RunId).Add("status", Status).Add("startedAt", StartedAt).Add("endedAt", EndedAt).Add("error", Error);
}

// Events.

internal sealed record ChatEvent(string RunId, string SessionKey, int Seq, string State) : IPayload
{
    public string AgentId { get; } = "main";
    public string? Phase { get; init; }
    public string? DeltaText { get; init; }
    public ChatRow? Message { get; init; }
    public string? StopReason { get; init; }
    public string? ErrorMessage { get; init; }
    public string? ErrorKind { get; init; }

    public void Write(PayloadWriter to) => to
        .Add("runId", RunId).Add("sessionKey", SessionKey).Add("seq", Seq).Add("state", State).Add("agentId", AgentId).Add("phase", Phase)
        .Add("deltaText", DeltaText).Add("message", Message).Add("stopReason", StopReason).Add("errorMessage", ErrorMessage)
        .Add("errorKind", ErrorKind);
}

internal sealed record AgentEvent(string RunId, int Seq, string Stream, long Ts, AgentEventData Data, string SessionKey, string SessionId) : IPayload
{
    public string AgentId { get; } = "main";
    public bool IsHeartbeat { get; }

    public void Write(PayloadWriter to) => to
        .Add("runId", RunId).Add("seq", Seq).Add("stream", Stream).Add("ts", Ts).Add("data", Data).Add("sessionKey", SessionKey)
        .Add("sessionId", SessionId).Add("agentId", AgentId).Add("isHeartbeat", IsHeartbeat);
}

internal sealed record AgentEventData : IPayload
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

    public void Write(PayloadWriter to) => to
        .Add("phase", Phase).Add("text", Text).Add("delta", Delta).Add("itemId", ItemId).Add("outputTokens", OutputTokens).Add("startedAt", StartedAt)
        .Add("endedAt", EndedAt).Add("aborted", Aborted).Add("stopReason", StopReason).Add("error", Error).Add("terminalReply", TerminalReply);
}

internal sealed record TerminalReply(string Disposition, string Text) : IPayload
{
    public void Write(PayloadWriter to) => to.Add("disposition", Disposition).Add("text", Text);
}

internal sealed record SessionMessageEvent(string SessionKey, ChatRow Message) : IPayload
{
    public string AgentId { get; } = "main";

    public void Write(PayloadWriter to) => to.Add("sessionKey", SessionKey).Add("message", Message).Add("agentId", AgentId);
}

internal sealed record SessionsChangedEvent(string SessionKey, long Ts) : IPayload
{
    public string AgentId { get; } = "main";
    public string? Reason { get; init; }
    public string? Phase { get; init; }
    public string? RunId { get; init; }
    public SessionRow? Session { get; init; }

    public void Write(PayloadWriter to) => to
        .Add("sessionKey", SessionKey).Add("ts", Ts).Add("agentId", AgentId).Add("reason", Reason).Add("phase", Phase).Add("runId", RunId)
        .Add("session", Session);
}
