using System.Text.Json;
using Appliance.Gateway.Protocol;

namespace Appliance.Gateway.Methods.Wire;

// What clients hear of a turn and of sessions that change.

internal sealed record ChatEvent(string RunId, string SessionKey, int Seq, string State) : IPayload
{
    public string AgentId => Runtime.Sessions.SessionKey.Agent(SessionKey);
    public string? Phase { get; init; }
    public string? DeltaText { get; init; }
    public bool? Replace { get; init; }
    public ChatRow? Message { get; init; }
    public string? StopReason { get; init; }
    public string? ErrorMessage { get; init; }
    public string? ErrorKind { get; init; }

    public void Write(PayloadWriter to) => to
        .Add("runId", RunId).Add("sessionKey", SessionKey).Add("seq", Seq).Add("state", State).Add("agentId", AgentId).Add("phase", Phase)
        .Add("deltaText", DeltaText).Add("replace", Replace).Add("message", Message).Add("stopReason", StopReason).Add("errorMessage", ErrorMessage)
        .Add("errorKind", ErrorKind);
}

internal sealed record AgentEvent(string RunId, int Seq, string Stream, long Ts, AgentEventData Data, string SessionKey, string SessionId) : IPayload
{
    public string AgentId => Runtime.Sessions.SessionKey.Agent(SessionKey);
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

    // tools alone
    public string? ApprovalId { get; init; }
    public string? Name { get; init; }
    public string? ToolCallId { get; init; }
    public string? Kind { get; init; }
    public string? Title { get; init; }
    public string? Status { get; init; }
    public JsonElement? Args { get; init; }
    public ToolContent? PartialResult { get; init; }
    public ToolContent? Result { get; init; }
    public bool? IsError { get; init; }

    public void Write(PayloadWriter to) => to
        .Add("phase", Phase).Add("text", Text).Add("delta", Delta).Add("itemId", ItemId).Add("outputTokens", OutputTokens).Add("startedAt", StartedAt)
        .Add("endedAt", EndedAt).Add("aborted", Aborted).Add("stopReason", StopReason).Add("error", Error).Add("terminalReply", TerminalReply)
        .Add("approvalId", ApprovalId).Add("name", Name).Add("toolCallId", ToolCallId).Add("kind", Kind).Add("title", Title).Add("status", Status).Add("args", Args)
        .Add("partialResult", PartialResult).Add("result", Result).Add("isError", IsError);
}

internal sealed record ToolContent(IReadOnlyList<TextBlock> Content) : IPayload
{
    public void Write(PayloadWriter to) => to.Add("content", Content);
}

internal sealed record TerminalReply(string Disposition, string Text) : IPayload
{
    public void Write(PayloadWriter to) => to.Add("disposition", Disposition).Add("text", Text);
}

internal sealed record SessionMessageEvent(string SessionKey, ChatRow Message) : IPayload
{
    public string AgentId => Runtime.Sessions.SessionKey.Agent(SessionKey);

    public void Write(PayloadWriter to) => to.Add("sessionKey", SessionKey).Add("message", Message).Add("agentId", AgentId);
}

internal sealed record SessionsChangedEvent(string SessionKey, long Ts) : IPayload
{
    public string AgentId => Runtime.Sessions.SessionKey.Agent(SessionKey);
    public string? Reason { get; init; }
    public string? Phase { get; init; }
    public string? RunId { get; init; }
    public SessionRow? Session { get; init; }

    public void Write(PayloadWriter to) => to
        .Add("sessionKey", SessionKey).Add("ts", Ts).Add("agentId", AgentId).Add("reason", Reason).Add("phase", Phase).Add("runId", RunId)
        .Add("session", Session);
}
