using Appliance.Gateway.Protocol;

namespace Appliance.Gateway.Methods.Wire;

// What the methods about work that is being done send.

/// <summary>A turn, as clients show what is being worked on.</summary>
internal sealed record TaskRow(string RunId, string Status, string Title, string SessionKey, long CreatedAt, long? StartedAt, long? EndedAt) : IPayload
{
    public void Write(PayloadWriter to) => to
        .Add("id", RunId).Add("taskId", RunId).Add("kind", "cli").Add("runtime", "cli").Add("status", Status).Add("title", Title)
        .Add("agentId", Runtime.Sessions.SessionKey.Agent(SessionKey)).Add("sessionKey", SessionKey).Add("runId", RunId).Add("createdAt", CreatedAt)
        .Add("updatedAt", EndedAt ?? StartedAt ?? CreatedAt).Add("startedAt", StartedAt).Add("endedAt", EndedAt);
}

internal sealed record RestartCounts(int Waiting, int Running) : IPayload
{
    public void Write(PayloadWriter to) => to
        .Add("queueSize", Waiting).Add("pendingReplies", 0).Add("embeddedRuns", Running).Add("cronRuns", 0).Add("backgroundExecSessions", 0)
        .Add("rootRequests", 0).Add("activeTasks", 0).Add("totalActive", Waiting + Running);
}

internal sealed record RestartBlocker(string Kind, int Count, string Message) : IPayload
{
    public void Write(PayloadWriter to) => to.Add("kind", Kind).Add("count", Count).Add("message", Message);
}
