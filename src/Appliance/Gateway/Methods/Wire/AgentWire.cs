using Appliance.Gateway.Protocol;

namespace Appliance.Gateway.Methods.Wire;

// What the methods about agents send.

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

/// <summary>Answer of <c>agents.list</c>.</summary>
internal sealed record AgentList(string DefaultId, string MainKey, string Scope, IReadOnlyList<AgentRow> Agents) : IPayload
{
    public string Ownership { get; } = "sole";
    public bool SelectionRequired { get; }

    public void Write(PayloadWriter to) => to
        .Add("defaultId", DefaultId).Add("mainKey", MainKey).Add("scope", Scope).Add("agents", Agents).Add("ownership", Ownership)
        .Add("selectionRequired", SelectionRequired);
}

internal sealed record AgentRow(string Id, string? Name, string Workspace, AgentModel? Model) : IPayload
{
    public string Kind { get; } = "agent";
    public IReadOnlyList<ThinkingLevel> ThinkingLevels { get; } = ThinkingLevel.Off;
    public IReadOnlyList<string> ThinkingOptions { get; } = ["off"];
    public string ThinkingDefault { get; } = "off";

    public void Write(PayloadWriter to) => to
        .Add("id", Id).Add("name", Name).Add("workspace", Workspace).Add("model", Model).Add("kind", Kind).Add("thinkingLevels", ThinkingLevels)
        .Add("thinkingOptions", ThinkingOptions).Add("thinkingDefault", ThinkingDefault);
}

internal sealed record AgentModel(string Primary) : IPayload
{
    public void Write(PayloadWriter to) => to.Add("primary", Primary);
}

internal sealed record AgentIdentity(string AgentId, string Name, string NameSource, string Avatar) : IPayload
{
    public void Write(PayloadWriter to) => to.Add("agentId", AgentId).Add("name", Name).Add("nameSource", NameSource).Add("avatar", Avatar);
}
