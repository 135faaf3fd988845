using System.Collections.Frozen;
using System.Text.Json;
using System.Text.Json.Nodes;
using Runtime.Sessions;

namespace Appliance.Gateway.Identity.People;

/// <summary>
/// The door for people who see their own sessions alone: the methods and events that are safe for them, and what a request of theirs means.
/// What is not in the tables is not for them, so that a method made tomorrow does not show them what is somebody else's. Pure.
/// </summary>
internal static class OwnSessions
{
    private static readonly FrozenSet<string> Methods = new[]
    {
        "health", "gateway.identity.get", "models.list", "models.authStatus", "commands.list", "agents.list", "agent.identity.get",
        "chat.send", "chat.history", "chat.startup", "chat.metadata", "chat.abort", "agent", "agent.wait",
        "sessions.list", "sessions.subscribe", "sessions.messages.subscribe", "sessions.messages.unsubscribe", "sessions.describe", "sessions.preview", "sessions.get",
        "sessions.create", "sessions.patch", "sessions.send", "sessions.abort",
        "users.self", "users.list", "users.setDisplayName", "users.prefs.get", "users.prefs.set", "audit.list", "audit.activity.list", "audit.run.inspect",
        "device.scopes.requestUpgrade", "device.scopes.waitUpgrade", "question.list", "board.get", "tools.catalog", "tools.effective", "tools.invoke", "memory.search",
    }.ToFrozenSet(StringComparer.Ordinal);

    // Without a session, or told of one that is theirs.
    private static readonly FrozenSet<string> Events = new[]
    {
        "connect.challenge", "tick", "shutdown", "models.snapshot", "agent", "chat", "session.message", "sessions.changed", "board.changed", "users.prefs.changed",
    }.ToFrozenSet(StringComparer.Ordinal);

    private static readonly FrozenSet<string> OfASession = new[] { "agent", "chat", "session.message", "sessions.changed", "board.changed" }.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>True where they may call a method.</summary>
    public static bool Allows(string method) => Methods.Contains(method);

    /// <summary>True where they may hear an event.</summary>
    /// <param name="person">Who.</param>
    /// <param name="name">The event.</param>
    /// <param name="sessionKey">The session it tells of, or null.</param>
    public static bool MayHear(string person, string name, string? sessionKey) =>
        Events.Contains(name) && (sessionKey is null ? !OfASession.Contains(name) : SessionOwner.Of(sessionKey) == person);

    /// <summary>What a request of theirs means: a session is named below their own, and theirs is meant where none is named.</summary>
    public static JsonElement Rewrite(string person, string method, JsonElement parameters)
    {
        var node = parameters.ValueKind == JsonValueKind.Object ? JsonNode.Parse(parameters.GetRawText())!.AsObject() : [];
        var agent = node["agentId"] is JsonValue named && named.TryGetValue<string>(out var id) ? id : SessionKey.MainAgent;
        foreach (var name in (string[])["key", "sessionKey"])
        {
            if (node[name] is JsonValue value && value.TryGetValue<string>(out var key)) node[name] = SessionOwner.Resolve(person, key, agent);
        }
        if (node["keys"] is JsonArray keys)
            node["keys"] = new JsonArray([.. keys.Select(k => k is JsonValue v && v.TryGetValue<string>(out var key) ? (JsonNode)SessionOwner.Resolve(person, key) : k?.DeepClone())]);
        if (method == "sessions.create") node["key"] ??= $"{SessionOwner.MainOf(person, agent)}:dashboard:{Guid.NewGuid()}";
        if (method == "tools.invoke") node["sessionKey"] ??= SessionOwner.MainOf(person, agent);
        if (method == "agent")
        {
            // An id of a conversation may be anybody's.
            node.Remove("sessionId");
            node["sessionKey"] ??= SessionOwner.MainOf(person, agent);
        }
        return JsonElement.Parse(node.ToJsonString());
    }

    /// <summary>The full keys that a request names.</summary>
    public static IEnumerable<string> KeysOf(JsonElement parameters)
    {
        if (parameters.ValueKind != JsonValueKind.Object) yield break;
        foreach (var name in (string[])["key", "sessionKey"])
        {
            if (parameters.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String) yield return SessionKey.Normalize(value.GetString()!);
        }
        if (!parameters.TryGetProperty("keys", out var keys) || keys.ValueKind != JsonValueKind.Array) yield break;
        foreach (var key in keys.EnumerateArray().Where(k => k.ValueKind == JsonValueKind.String)) yield return SessionKey.Normalize(key.GetString()!);
    }
}
