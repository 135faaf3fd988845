using Appliance.Gateway.Protocol;

namespace Appliance.Gateway.Methods.Wire;

// What the methods about sessions send. Names are the protocol's; numbers are tokens, bytes or Unix milliseconds.

/// <summary>A session in a list.</summary>
internal sealed record SessionRow(string Key, string? SessionId, long? UpdatedAt) : IPayload
{
    public string Kind { get; } = "direct";
    public string ChatType { get; } = "direct";
    public required string AgentId { get; init; }
    public required string Classification { get; init; }
    public required bool IsMain { get; init; }
    public bool IsBackground { get; init; }
    public string? Label { get; init; }
    public required string DisplayName { get; init; }
    public string? DerivedTitle { get; init; }
    public string? LastMessagePreview { get; init; }
    public string? Category { get; init; }
    public long? CreatedAt { get; init; }
    public long SnapshotAt { get; init; }
    public bool Archived { get; init; }
    public bool Pinned { get; init; }
    public bool Unread { get; init; }
    public string? ModelProvider { get; init; }
    public string? Model { get; init; }
    public string ThinkingLevel { get; } = "off";
    public IReadOnlyList<ThinkingLevel> ThinkingLevels { get; } = Wire.ThinkingLevel.Off;
    public long InputTokens { get; init; }
    public long OutputTokens { get; init; }
    public long TotalTokens { get; init; }
    public long? ContextTokens { get; init; }
    public string? Status { get; init; }
    public bool AbortedLastRun { get; init; }
    public bool HasActiveRun { get; init; }
    public IReadOnlyList<string> ActiveRunIds { get; init; } = [];
    public string? ActiveLeafEntryId { get; init; }
    public ForkOrigin? ForkSource { get; init; }
    public string? SpawnedBy { get; init; }

    public void Write(PayloadWriter to) => to
        .Add("key", Key).Add("sessionId", SessionId).Add("updatedAt", UpdatedAt).Add("kind", Kind).Add("chatType", ChatType).Add("agentId", AgentId)
        .Add("classification", Classification).Add("isMain", IsMain).Add("isBackground", IsBackground).Add("label", Label)
        .Add("displayName", DisplayName).Add("derivedTitle", DerivedTitle).Add("lastMessagePreview", LastMessagePreview).Add("category", Category)
        .Add("createdAt", CreatedAt).Add("snapshotAt", SnapshotAt).Add("archived", Archived).Add("pinned", Pinned).Add("unread", Unread)
        .Add("modelProvider", ModelProvider).Add("model", Model).Add("thinkingLevel", ThinkingLevel).Add("thinkingLevels", ThinkingLevels)
        .Add("inputTokens", InputTokens).Add("outputTokens", OutputTokens).Add("totalTokens", TotalTokens).Add("contextTokens", ContextTokens)
        .Add("status", Status).Add("abortedLastRun", AbortedLastRun).Add("hasActiveRun", HasActiveRun).Add("activeRunIds", ActiveRunIds)
        .Add("activeLeafEntryId", ActiveLeafEntryId).Add("forkSource", ForkSource).Add("spawnedBy", SpawnedBy);
}

/// <summary>Where a session was split off.</summary>
internal sealed record ForkOrigin(string SessionKey, string SessionId, string EntryId) : IPayload
{
    public void Write(PayloadWriter to) => to.Add("sessionKey", SessionKey).Add("sessionId", SessionId).Add("entryId", EntryId);
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

internal sealed record SessionsFound(IReadOnlyList<SessionFound> Results, bool IsCutShort) : IPayload
{
    public void Write(PayloadWriter to) => to.Add("results", Results).Add("truncated", IsCutShort);
}

internal sealed record SessionFound(string SessionKey, string SessionId, string MessageId, string Role, long Timestamp, string Snippet, long Score) : IPayload
{
    public void Write(PayloadWriter to) => to
        .Add("sessionKey", SessionKey).Add("sessionId", SessionId).Add("messageId", MessageId).Add("role", Role).Add("timestamp", Timestamp)
        .Add("snippet", Snippet).Add("score", Score);
}

internal sealed record SessionBranches(IReadOnlyList<SessionBranch> Branches) : IPayload
{
    public void Write(PayloadWriter to) => to.Add("branches", Branches);
}

internal sealed record SessionBranch(string LeafEntryId, string Headline, int MessageCount, string UpdatedAt, bool IsActive) : IPayload
{
    public void Write(PayloadWriter to) => to
        .Add("leafEntryId", LeafEntryId).Add("headline", Headline).Add("messageCount", MessageCount).Add("updatedAt", UpdatedAt).Add("active", IsActive);
}

internal sealed record SessionsPatched(IReadOnlyList<SessionPatched> Outcomes) : IPayload
{
    public void Write(PayloadWriter to) => to.Add("outcomes", Outcomes);
}

internal sealed record SessionPatched(string Key, string AgentId, ErrorShape? Error) : IPayload
{
    public void Write(PayloadWriter to) => to.Add("ok", Error is null).Add("key", Key).Add("agentId", AgentId).Add("error", Error);
}

/// <summary>Answer of <c>sessions.recover</c>: the turn that goes on, or why there is none.</summary>
internal sealed record SessionRecovered(string Key, string SessionId, string? RunId, ErrorShape? Error) : IPayload
{
    public void Write(PayloadWriter to) => to.Add("ok", true).Add("key", Key).Add("sessionId", SessionId).Add("continuation", new Continuation(RunId, Error));

    private sealed record Continuation(string? RunId, ErrorShape? Error) : IPayload
    {
        public void Write(PayloadWriter to) => to.Add("status", Error is null ? "started" : "rejected").Add("runId", RunId).Add("error", Error);
    }
}

internal sealed record SessionCompacted(string Key, string Summary, string? FirstKeptEntryId, long TokensBefore) : IPayload
{
    public void Write(PayloadWriter to) => to.Add("ok", true).Add("key", Key).Add("compacted", true).Add("result", new Result(this));

    private sealed record Result(SessionCompacted Of) : IPayload
    {
        public void Write(PayloadWriter to) => to
            .Add("summary", Of.Summary).Add("firstKeptEntryId", Of.FirstKeptEntryId).Add("tokensBefore", Of.TokensBefore);
    }
}

/// <summary>Answer of <c>sessions.cleanup</c>.</summary>
internal sealed record SessionsCleaned(string StorePath, bool Enforced, int Sessions, int OldFiles) : IPayload
{
    public void Write(PayloadWriter to) => to
        .Add("agentId", "main").Add("storePath", StorePath).Add("mode", Enforced ? "enforce" : "warn").Add("dryRun", !Enforced)
        .Add("beforeCount", Sessions).Add("afterCount", Sessions).Add("missing", 0).Add("dmScopeRetired", 0).Add("modelRunPruned", 0).Add("pruned", 0)
        .Add("capped", 0).Add("unreferencedArtifacts", new Files(Enforced ? OldFiles : 0)).Stay("diskBudget", (string?)null).Add("wouldMutate", OldFiles > 0);

    private sealed record Files(int RemovedFiles) : IPayload
    {
        public void Write(PayloadWriter to) => to.Add("removedFiles", RemovedFiles);
    }
}
