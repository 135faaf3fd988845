using System.Text.Json;
using System.Text.Json.Nodes;
using Appliance.Gateway.Connections;
using Appliance.Gateway.Identity;
using Appliance.Gateway.Identity.People;
using Appliance.Gateway.Protocol;
using Models;
using Runtime.Agents.Turns;
using Runtime.Audit;
using Runtime.Sessions;

namespace Appliance.Gateway.Methods;

// Who may call what: scope, rate, person, agent, model and session are decided here, once, before a method hears of the request.
internal sealed partial class GatewayMethods
{
    private AccessPolicy Policy => _context.Identity.People.Policy;

    /// <summary>Lets a request pass, in the form in which its method may take it. The decision stands in the audit log.</summary>
    /// <exception cref="GatewayException">The caller may not.</exception>
    private GatewayCall Admit(GatewayMethod method, GatewayConnection connection, RequestFrame request)
    {
        var principal = connection.Principal!;
        var by = AuditTrail.Actor(principal, connection.Peer, "websocket", connection.Client?.Client.Id);
        try
        {
            method.Require(principal);
            _context.Identity.Requests.Take(principal, connection.Id, method.Access is Scope.Admin or Scope.Pairing);
            if (method.Access != GatewayMethod.NodesOnly) request = Bound(principal, method.Name, Routed(connection, method.Name, request));
            var call = new GatewayCall(connection, request.Id, RequestParams.Of(request));
            Tell(method, call, by);
            return call;
        }
        catch (GatewayException e) when (e.Code is ErrorCode.Forbidden or ErrorCode.Unavailable || IsWrongRole(e))
        {
            // No honest client calls another role's methods.
            if (IsWrongRole(e)) connection.Offend();
            _context.Identity.Audit.Decided(by, method.Name, false, AuditTrail.RuleOf(e));
            throw;
        }
    }

    /// <summary>What names a conversation by a short name and no agent, or begins one without any name, means the agent that the owner's bindings say.</summary>
    private RequestFrame Routed(GatewayConnection connection, string method, RequestFrame request)
    {
        if (_context.Config.Config.Bindings.Count == 0 || Text(request.Params, "agentId") is not null || Text(request.Params, "agent") is not null || Text(request.Params, "sessionId") is not null) return request;
        var names = (string[])["key", "sessionKey"];
        var isShort = names.Any(name => Text(request.Params, name) is { Length: > 0 } key && !key.StartsWith("agent:", StringComparison.Ordinal));
        var isNameless = method is "agent" or "sessions.create" or "tools.invoke" && names.All(name => Text(request.Params, name) is null);
        if (!isShort && !isNameless) return request;
        string agent;
        try { agent = _context.AgentFor(connection.Principal!, connection.Client?.Client.Id); }
        catch (ModelException e) { throw GatewayException.Unavailable(e.Message); }
        var node = request.Params.ValueKind == JsonValueKind.Object ? JsonNode.Parse(request.Params.GetRawText())!.AsObject() : [];
        if (isNameless) node["agentId"] = agent;
        foreach (var name in names)
        {
            if (Text(request.Params, name) is { Length: > 0 } key) node[name] = SessionKey.Normalize(key, agent);
        }
        return request with { Params = JsonElement.Parse(node.ToJsonString()) };
    }

    /// <summary>What a person's role makes of a request.</summary>
    private RequestFrame Bound(Principal principal, string method, RequestFrame request)
    {
        if (Policy.RoleOf(principal.PersonId) is not { } role) throw Denied(AccessDecision.Deny("person not known"));
        if (role.Name == PersonRole.OwnerName) return request;
        if (!role.AllSessions)
        {
            if (!OwnSessions.Allows(method)) throw Denied(AccessDecision.Deny($"{role.Name}: own sessions"));
            request = request with { Params = OwnSessions.Rewrite(principal.PersonId, method, request.Params) };
            foreach (var name in (string[])["runId", "idempotencyKey"])
            {
                if (Text(request.Params, name) is { } run && _context.Turns.Find(run) is { } turn) Demand(principal, AccessAction.Session, turn.Session.Key);
            }
        }
        foreach (var key in OwnSessions.KeysOf(request.Params))
        {
            Demand(principal, AccessAction.Session, key);
            if (key.Split(':') is ["agent", var agent, ..]) Demand(principal, AccessAction.Agent, agent);
        }
        if (Text(request.Params, "agentId") is { } named) Demand(principal, AccessAction.Agent, named);
        if (Text(request.Params, "model") is { } model) Demand(principal, AccessAction.Model, Plain(model));
        if (method is "chat.send" or "sessions.send" or "agent" or "sessions.create" && !role.Models.Contains("*")) DemandModelOfTurn(principal, request.Params);
        return request;
    }

    /// <summary>What changes rights or begins a turn is told each time, the rest by number.</summary>
    private void Tell(GatewayMethod method, GatewayCall call, AuditActor by)
    {
        var (name, rule) = (method.Name, method.Access == GatewayMethod.Anyone ? "anyone" : method.Access);
        if (method.Access is Scope.Admin or Scope.Pairing && !ReadsOnly(name))
        {
            var target = FirstText(call.Params, "deviceId", "requestId", "nodeId", "profileId", "key", "setupId", "path");
            var kind = name.StartsWith("config.", StringComparison.Ordinal) ? AuditKind.Config : AuditKind.Identity;
            _context.Identity.Audit.Record(new AuditEvent(kind, name) { By = by, Resource = target, Decision = AuditEvent.Allow, Rule = rule });
            return;
        }
        _context.Identity.Audit.Decided(by, name, true, rule);
        if (name is "chat.send" or "sessions.send" or "agent" && FirstText(call.Params, "idempotencyKey") is { } run)
        {
            var session = SessionKey.Normalize(FirstText(call.Params, "sessionKey", "key") ?? "main", FirstText(call.Params, "agentId") ?? SessionKey.MainAgent);
            _context.Identity.Audit.Record(new AuditEvent(AuditKind.Turn, name) { By = by, Agent = session.Split(':')[1], Session = session, Run = run, Decision = AuditEvent.Allow, Rule = rule });
        }
    }

    private static bool ReadsOnly(string method) => method.EndsWith(".list", StringComparison.Ordinal) || method.EndsWith(".get", StringComparison.Ordinal)
        || method.EndsWith("Status", StringComparison.Ordinal) || method.EndsWith(".status", StringComparison.Ordinal);

    private static bool IsWrongRole(GatewayException fault) => fault.Code == ErrorCode.InvalidRequest && fault.Message.StartsWith("unauthorized role", StringComparison.Ordinal);

    private static string? FirstText(RequestParams parameters, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (parameters.Any(name) is { ValueKind: JsonValueKind.String } value && value.GetString() is { Length: > 0 } text) return text;
        }
        return null;
    }

    /// <summary>Whom a turn is for: their rules bound the tools it may call.</summary>
    private static TurnOrigin OriginOf(GatewayCall call) => new()
    {
        Person = call.Principal.PersonId == Person.OwnerId ? null : call.Principal.PersonId,
        MayApprove = Scope.Allows(call.Principal.Scopes, Scope.Approvals),
    };

    private void DemandModelOfTurn(Principal principal, JsonElement parameters)
    {
        var session = OwnSessions.KeysOf(parameters).Select(_context.Sessions.Find).FirstOrDefault(s => s is not null);
        var (model, _) = session is null ? DefaultModel() : ModelOf(session);
        if (Text(parameters, "model") is null && model is not null) Demand(principal, AccessAction.Model, model);
    }

    private void Demand(Principal principal, AccessAction action, string resource)
    {
        if (Policy.Decide(principal, action, resource) is { IsAllowed: false } refused) throw Denied(refused);
    }

    /// <summary>True where somebody sees everybody's sessions.</summary>
    public bool SeesAll(Principal principal) => Policy.RoleOf(principal.PersonId)?.AllSessions == true;

    /// <summary>True where somebody may hear an event that tells of a session, or of none.</summary>
    public bool MayHear(Principal principal, string name, string? sessionKey) => SeesAll(principal) || OwnSessions.MayHear(principal.PersonId, name, sessionKey);

    /// <summary>True where somebody may see a session; what belongs to none is for those who see all.</summary>
    private bool MaySee(Principal principal, string? sessionKey) => Policy.Decide(principal, AccessAction.Session, sessionKey ?? $"agent:{SessionKey.MainAgent}:main").IsAllowed;

    private static string? Text(JsonElement parameters, string name) =>
        parameters.ValueKind == JsonValueKind.Object && parameters.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static string Plain(string model) => model.StartsWith(Provider + "/", StringComparison.Ordinal) ? model[(Provider.Length + 1)..] : model;

    private static GatewayException Denied(AccessDecision decision) => new(ErrorCode.Forbidden, $"not allowed ({decision.Rule})") { Details = new("ACCESS_DENIED") { Reason = decision.Rule } };
}
