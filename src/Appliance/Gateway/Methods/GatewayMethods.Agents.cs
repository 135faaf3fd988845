using Appliance.Gateway.Identity;
using Appliance.Gateway.Identity.People;
using Appliance.Gateway.Methods.Wire;
using Appliance.Gateway.Protocol;
using Models;
using Runtime.Agents.Turns;
using Runtime.Sessions;

namespace Appliance.Gateway.Methods;

// The agent, and whole turns for programs that wait for the answer.
internal sealed partial class GatewayMethods
{
    private static readonly TimeSpan WaitByDefault = TimeSpan.FromSeconds(30);

    private IEnumerable<GatewayMethod> Agents =>
    [
        new GatewayMethod("agent", Scope.Write, RunAgentAsync) { KnowsRepeats = true },
        new GatewayMethod("agent.wait", Scope.Write, WaitAsync),
        GatewayMethod.Of("agents.list", Scope.Read, call => FrameWriter.Payload(ListAgents(call))),
        GatewayMethod.Of("agent.identity.get", Scope.Read, call =>
        {
            var key = call.Params.OptionalText("sessionKey", SessionKey.Longest);
            var agent = RequireAgent(call.Params.OptionalText("agentId") ?? (key is null ? null : SessionKey.Agent(ResolveKey(key, null))));
            var name = agent.Settings.Name ?? (agent == _context.Agents.Default ? "Assistant" : agent.Id);
            return FrameWriter.Payload(new AgentIdentity(agent.Id, name, agent.Settings.Name is null ? "default" : "config", name[..1].ToUpperInvariant()));
        }),
    ];

    private AgentList ListAgents(GatewayCall call) => new(DefaultAgent(call.Principal, call.Connection.Client?.Client.Id), "main", "per-sender",
        [.. _context.Agents.All.Where(agent => Policy.Decide(call.Principal, AccessAction.Agent, agent.Id).IsAllowed).Select(agent =>
            new AgentRow(agent.Id, agent.Settings.Name, agent.Workspace, DefaultModel(agent).Name is { } model ? new($"{Provider}/{model}") : null))]);

    /// <summary>The agent that a client talks with where it names none; where it would get no answer, the box's first.</summary>
    public string DefaultAgent(Principal principal, string? clientId)
    {
        try { return _context.AgentFor(principal, clientId); }
        catch (ModelException) { return _context.Agents.Default.Id; }
    }

    /// <summary>Two answers: accepted when the message is on the disk, and the whole result when the turn is over.</summary>
    private async Task<byte[]?> RunAgentAsync(GatewayCall call)
    {
        var text = call.Params.Text("message", int.MaxValue);
        var runId = call.Params.Text("idempotencyKey", 256);
        var agentId = RequireAgent(call.Params.OptionalText("agentId")).Id;
        if (call.Params.OptionalText("model") is not null)
        {
            call.Principal.Require(Scope.Admin);
            throw GatewayException.Unavailable("A model for one run alone cannot be chosen on this gateway yet; set the session's.");
        }
        if (call.Params.OptionalFlag("deliver") == true && call.Params.OptionalText("channel") is { } channel and not "webchat")
            throw GatewayException.Unavailable($"There is no channel {channel} on this gateway yet; the answer can only come back here.");
        var key = ResolveKey(call.Params.OptionalText("sessionKey", SessionKey.Longest) ?? SessionFor(agentId, call.Params.OptionalText("sessionId")), call.Params.OptionalText("agentId"));
        var accepted = FrameWriter.Payload(new AgentAccepted(runId, key, SessionKey.Agent(key), _context.Now));
        if (SlashCommand.Find(text) is { } command)
        {
            var (inSession, reply) = await RunCommandAsync(call, key, runId, text, command, () => call.Respond(accepted)) ?? throw AnsweredBefore();
            return Finished(runId, inSession, TurnStatus.Ok, reply, 0);
        }
        var session = _context.Sessions.GetOrCreate(key);
        var answered = false;
        var turn = _context.Turns.Start(session, runId, text, () =>
        {
            answered = true;
            call.Respond(accepted);
        }, OriginOf(call)) ?? throw AnsweredBefore();
        if (!answered) call.Respond(accepted);

        // The run goes on when its caller has gone; whoever asks again gets the same result.
        if (call.Params.OptionalNumber("timeout", 0, 7 * 24 * 3600) is { } seconds and > 0)
        {
            var first = await Task.WhenAny(turn.Result, Task.Delay(TimeSpan.FromSeconds(seconds), _context.Time, call.Connection.Gone));
            if (first != turn.Result && !call.Connection.Gone.IsCancellationRequested) turn.Abort();
        }
        var result = await turn.Result.WaitAsync(call.Connection.Gone);
        if (result.Status == TurnStatus.Failed) throw GatewayException.Unavailable(result.Error ?? "The turn failed.");
        return Finished(runId, session, result.Status, result.Answer, result.EndedAt - turn.StartedAt);
    }

    private static byte[] Finished(string runId, Session session, TurnStatus status, SessionMessage? answer, long milliseconds)
    {
        var aborted = status == TurnStatus.Aborted;
        var usage = new AgentUsage(answer?.InputTokens ?? 0, answer?.OutputTokens ?? 0, (answer?.InputTokens + answer?.OutputTokens) ?? 0);
        var meta = new AgentMeta(milliseconds, new AgentMetaDetail(session.Id, Provider, answer?.Model, usage), aborted);
        return FrameWriter.Payload(
            new AgentFinished(runId, aborted ? "aborted" : "ok", aborted ? "aborted" : "completed", new AgentResult(answer is null ? [] : [new AgentPayload(answer.Text)], meta)));
    }

    private static GatewayException AnsweredBefore() =>
        GatewayException.Unavailable("This message was accepted before the gateway restarted; its answer, where there is one, is in the transcript.");

    private string SessionFor(string agent, string? sessionId)
    {
        if (sessionId is null) return SessionKey.MainOf(agent);
        // A client may bring an id of its own for a conversation of its own.
        return _context.Sessions.List().FirstOrDefault(s => s.Id == sessionId && SessionKey.Agent(s.Key) == agent)?.Key ?? $"agent:{agent}:explicit:{sessionId}";
    }

    private async Task<byte[]?> WaitAsync(GatewayCall call)
    {
        var runId = call.Params.Text("runId", 256);
        var patience = call.Params.OptionalNumber("timeoutMs", 0, int.MaxValue) is { } ms ? TimeSpan.FromMilliseconds(ms) : WaitByDefault;
        var turn = _context.Turns.Find(runId);
        if (turn is not null) await Task.WhenAny(turn.Result, Task.Delay(patience, _context.Time, call.Connection.Gone));
        if (turn is not { Result.IsCompleted: true })
            return FrameWriter.Payload(new AgentWaited(runId, "timeout", turn?.StartedAt, null, null));
        var result = await turn.Result;
        var status = result.Status == TurnStatus.Failed ? "error" : "ok";
        return FrameWriter.Payload(new AgentWaited(runId, status, turn.StartedAt, result.EndedAt, result.Error));
    }
}
