using Appliance.Gateway;
using Appliance.Gateway.Identity;
using Appliance.Gateway.Identity.People;
using Appliance.Gateway.Methods;
using Microsoft.AspNetCore.Http.Features;
using Models;
using Runtime.Agents;
using Runtime.Agents.Routing;
using Runtime.Sessions;

namespace Appliance.Http.Agents;

/// <summary>What the HTTP paths of the agent have in common: who is meant, in which session, and once only. Safe for several threads.</summary>
internal sealed class AgentDoor(Lazy<GatewayHost> gateway)
{
    private const int LongestKey = 256;

    /// <summary>What the gateway's methods work with.</summary>
    public GatewayContext Context => gateway.Value.Context;

    /// <summary>The agent of that id, or the default one.</summary>
    /// <exception cref="ApiException">404.</exception>
    public Agent Find(string? id) => (string.IsNullOrEmpty(id) ? Context.Agents.Default : Context.Agents.Find(id))
        ?? throw new ApiException(StatusCodes.Status404NotFound, $"There is no agent '{id}'.", "agentId", "unknown_agent");

    /// <summary>
    /// The agent and the session that a request means, where whoever asks may: a person's sessions are their own, whatever the request calls
    /// them, as by the gateway's own protocol.
    /// </summary>
    /// <exception cref="ApiException">400, 404; 403: the agent or the session is not theirs. It stands in the audit log.</exception>
    /// <param name="context">The request.</param>
    /// <param name="agentId">The agent it names; without one, and without a full key, the owner's bindings say.</param>
    /// <param name="session">The session it names, or null.</param>
    /// <param name="channel">The way it came, as bindings name it.</param>
    public AgentVisit Enter(HttpContext context, string? agentId, string? session, string channel = "http")
    {
        var principal = context.Features.GetRequiredFeature<Principal>();
        var policy = Context.Identity.People.Policy;
        if (string.IsNullOrEmpty(agentId) && session?.StartsWith("agent:", StringComparison.Ordinal) != true) agentId = Routed(principal, channel);
        var agent = Find(agentId);
        var key = KeyOf(agent, session);
        if (policy.RoleOf(principal.PersonId)?.AllSessions != true) key = SessionOwner.Resolve(principal.PersonId, key);
        foreach (var (action, resource) in (ReadOnlySpan<(AccessAction, string)>)[(AccessAction.Agent, agent.Id), (AccessAction.Session, key)])
        {
            var decision = policy.Decide(principal, action, resource);
            if (decision.IsAllowed) continue;
            Context.Identity.Audit.Decided(AuditTrail.Actor(principal, Peer.Of(context), "http", null), $"{context.Request.Method} {context.Request.Path}", false, decision.Rule);
            throw new ApiException(StatusCodes.Status403Forbidden, $"You may not use this ({decision.Rule}).", action == AccessAction.Agent ? "agentId" : "sessionKey", "not_allowed");
        }
        return new AgentVisit(agent, key, principal.PersonId == Person.OwnerId ? null : principal.PersonId);
    }

    private string Routed(Principal principal, string channel)
    {
        try { return Context.AgentFor(new Arrival { Channel = channel, Peer = principal.DeviceId, Person = principal.PersonId == Person.OwnerId ? null : principal.PersonId }); }
        catch (ModelException e) { throw new ApiException(StatusCodes.Status403Forbidden, e.Message, "agentId", "not_answered"); }
    }

    /// <summary>The full key of a session of an agent.</summary>
    /// <exception cref="ApiException">400: the key is none, or another agent's.</exception>
    public static string KeyOf(Agent agent, string? session)
    {
        var key = string.IsNullOrEmpty(session) ? "main" : session;
        if (key.Length > SessionKey.Longest) throw ApiException.BadRequest($"sessionKey must have at most {SessionKey.Longest} characters.", "sessionKey");
        var full = key.StartsWith("agent:", StringComparison.Ordinal) ? key : $"agent:{agent.Id}:{key}";
        if (full.Split(':') is not ["agent", var owner, { Length: > 0 }, ..] || full.EndsWith(':') || full.Any(char.IsControl)) throw ApiException.BadRequest("sessionKey is not the key of a session.", "sessionKey");
        return owner == agent.Id ? full : throw ApiException.BadRequest($"sessionKey belongs to the agent '{owner}', not to '{agent.Id}'.", "sessionKey");
    }

    /// <summary>
    /// The id of a run: the same for the same key of the same caller, a new one without a key. Keys are compared without regard to case and
    /// white space around them, so that a replay that was written otherwise is one all the same.
    /// </summary>
    /// <exception cref="ApiException">400: the key is too long.</exception>
    public static string RunId(HttpContext context, string door, string? inBody)
    {
        var key = (context.Request.Headers["Idempotency-Key"] is [{ Length: > 0 } header] ? header : inBody)?.Trim();
        if (string.IsNullOrEmpty(key)) return Guid.NewGuid().ToString();
        if (key.Length > LongestKey) throw ApiException.BadRequest($"The idempotency key must have at most {LongestKey} characters.", "idempotencyKey");
        return $"{door}-{Secret.Hash($"{door}\n{Caller(context)}\n{key.ToLowerInvariant()}")[..32]}";
    }

    private static string Caller(HttpContext context) => context.Features.Get<Principal>()?.Caller ?? "";
}
