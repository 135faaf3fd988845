using System.Text.Json.Nodes;
using Appliance.Config.Document;
using Runtime.Sessions;

namespace Appliance.Migration;

/// <summary>Agents of an OpenClaw (<c>agents.entries</c>, before that <c>agents.list</c>) and what is bound to them (<c>bindings</c>); seen with 2026.9.6.</summary>
internal static class OpenClawAgents
{
    /// <summary>The steps for agents beside the first, and for bindings.</summary>
    /// <param name="config">OpenClaw's configuration.</param>
    /// <param name="file">Where it is from, for messages.</param>
    /// <param name="home">Our home folder.</param>
    /// <param name="leftOut">Takes what is not taken over.</param>
    public static IEnumerable<MigrationStep> Of(JsonObject config, string file, string home, List<LeftBehind> leftOut)
    {
        var known = new HashSet<string>(StringComparer.Ordinal) { SessionKey.MainAgent };
        foreach (var (id, entry) in Entries(config))
        {
            if (!SessionKey.IsAgent(id)) leftOut.Add(new($"agents.{id}", "its id cannot be used here"));
            else if (known.Add(id))
            {
                var agent = new JsonObject();
                if ((Word(entry["name"]) ?? Word((entry["identity"] as JsonObject)?["name"])) is { } name) agent["name"] = name;
                foreach (var more in (string[])["model", "tools", "sandbox", "subagents"])
                    if (entry[more] is not null) leftOut.Add(new($"agents.{id}.{more}", "it has other names here: `appliance config schema`; the agent begins with the box's model and the tools of an assistant"));
                yield return MigrationStep.Setting(file, ConfigPath.Root.With("agents").With(id), agent, home);
            }
        }
        var bindings = new JsonArray();
        foreach (var (node, i) in (config["bindings"] as JsonArray ?? []).Select((node, i) => (node as JsonObject ?? [], i)))
        {
            if (Binding(node, known) is { } binding) bindings.Add((JsonNode)binding);
            else leftOut.Add(new($"bindings[{i}]", "it names an agent that is not taken over, or what has no counterpart here"));
        }
        if (bindings.Count > 0) yield return MigrationStep.Setting(file, ConfigPath.Root.With("bindings"), bindings, home);
    }

    private static IEnumerable<(string Id, JsonObject Entry)> Entries(JsonObject config)
    {
        var agents = config["agents"] as JsonObject;
        foreach (var (id, entry) in agents?["entries"] as JsonObject ?? []) yield return (id, entry as JsonObject ?? []);
        foreach (var entry in (agents?["list"] as JsonArray ?? []).OfType<JsonObject>())
            if (Word(entry["id"]) is { } id) yield return (id, entry);
    }

    // A match of which a part is not understood would take more than it was meant to.
    private static JsonObject? Binding(JsonObject binding, HashSet<string> agents)
    {
        if (Word(binding["agentId"]) is not { } agent || !agents.Contains(agent) || binding["match"] is not JsonObject match) return null;
        if (match.Any(m => m.Key is not ("channel" or "accountId" or "peer")) || Word(match["channel"]) is not { } channel) return null;
        var ours = new JsonObject { ["agent"] = agent, ["channel"] = channel };
        if (Word(match["accountId"]) is { } account && account != "*") ours["account"] = account;
        if (match["peer"] is not null)
        {
            if (match["peer"] is not JsonObject peer || Word(peer["id"]) is not { } id) return null;
            ours["peer"] = id;
        }
        return ours;
    }

    private static string? Word(JsonNode? node) => node is JsonValue value && value.TryGetValue(out string? text) && text.Length > 0 ? text : null;
}
