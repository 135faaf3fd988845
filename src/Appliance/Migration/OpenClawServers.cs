using System.Text.Json.Nodes;
using Appliance.Config.Document;
using Appliance.Config.Secrets;
using Runtime.Mcp;

namespace Appliance.Migration;

/// <summary>MCP servers of an OpenClaw's <c>mcp.servers</c> (seen with 2026.9.6). Variables and headers may be keys, so they go into files of their own.</summary>
internal static class OpenClawServers
{
    // What is taken over below, and what says nothing here.
    private static readonly string[] Known =
        ["command", "args", "env", "cwd", "workingDirectory", "url", "transport", "type", "headers", "enabled", "toolFilter", "requestTimeoutMs", "connectionTimeoutMs", "supportsParallelToolCalls", "codex"];

    /// <summary>The steps for every server.</summary>
    /// <param name="config">OpenClaw's configuration.</param>
    /// <param name="file">Where it is from, for messages.</param>
    /// <param name="home">Our home folder.</param>
    /// <param name="leftOut">Takes what is not taken over.</param>
    public static IEnumerable<MigrationStep> Of(JsonObject config, string file, string home, List<LeftBehind> leftOut)
    {
        foreach (var (name, node) in (config["mcp"] as JsonObject)?["servers"] as JsonObject ?? [])
        {
            if (node is not JsonObject server || WhyNot(name, server) is { } why)
            {
                leftOut.Add(new($"mcp.servers.{name}", node is JsonObject there ? WhyNot(name, there)! : "it is no server"));
                continue;
            }
            foreach (var more in server.Select(m => m.Key).Except(Known)) leftOut.Add(new($"mcp.servers.{name}.{more}", "it has no counterpart here"));
            var entry = new JsonObject();
            if (Word(server["command"]) is { } command)
            {
                entry["command"] = command;
                if (server["args"] is JsonArray { Count: > 0 } args) entry["args"] = args.DeepClone();
                if ((Word(server["cwd"]) ?? Word(server["workingDirectory"])) is { } folder && Path.IsPathFullyQualified(folder)) entry["cwd"] = folder;
                leftOut.Add(new($"mcp.servers.{name}", $"it runs in the sandbox here, without network: `appliance config set mcp.servers.{name}.network true` gives it, mcp.servers.{name}.folders what it may read"));
            }
            else entry["url"] = Word(server["url"]);
            if (server["enabled"] is JsonValue enabled && enabled.TryGetValue(out bool isEnabled) && !isEnabled) entry["enabled"] = false;
            if (server["requestTimeoutMs"] is JsonValue timeout && timeout.TryGetValue(out double ms) && ms is >= 1 and <= 3_600_000) entry["timeout"] = $"{Math.Max(1, (int)(ms / 1000))}s";
            var tools = new JsonObject();
            if (Filter(server, "include", name, leftOut) is { Count: > 0 } allow) tools["allow"] = allow;
            if (Filter(server, "exclude", name, leftOut) is { Count: > 0 } deny) tools["deny"] = deny;
            if (tools.Count > 0) entry["tools"] = tools;
            foreach (var part in (string[])["env", "headers"])
            {
                var places = new JsonObject();
                foreach (var (key, value) in server[part] as JsonObject ?? [])
                {
                    if (Word(value) is not { } text)
                    {
                        if (value is JsonObject place && Word(place["source"]) == "env" && Word(place["id"]) is { } variable) places[key] = new JsonObject { ["env"] = variable };
                        else leftOut.Add(new($"mcp.servers.{name}.{part}.{key}", "it is kept where this program does not look"));
                    }
                    else if (SecretReference.Read(text, out _) is { Source: SecretSource.Environment } outside) places[key] = outside.ToJson();
                    else
                    {
                        var secret = SecretName($"MCP_{name}_{key}");
                        yield return MigrationStep.Secret($"{file}: mcp.servers.{name}.{part}.{key}", secret, text, home);
                        places[key] = new JsonObject { ["file"] = $"secrets/{secret}" };
                    }
                }
                if (places.Count > 0) entry[part] = places;
            }
            yield return MigrationStep.Setting(file, ConfigPath.Parse("mcp.servers").With(name), entry, home);
        }
    }

    private static string? WhyNot(string name, JsonObject server)
    {
        if (!McpServerSettings.IsName(name)) return "its name cannot be used here";
        if (Word(server["transport"]) == "sse" || Word(server["type"]) == "sse") return "it speaks the older transport with two endpoints, which is not used here";
        if (Word(server["command"]) is not null) return Word(server["url"]) is null ? null : "it has a command and a url";
        return Uri.TryCreate(Word(server["url"]), UriKind.Absolute, out var url) && url.Scheme is "https" or "http" && url.UserInfo.Length == 0 ? null : "it has neither a command nor an address that can be used";
    }

    private static JsonArray? Filter(JsonObject server, string which, string name, List<LeftBehind> leftOut)
    {
        if ((server["toolFilter"] as JsonObject)?[which] is not JsonArray patterns) return null;
        var taken = new JsonArray();
        foreach (var pattern in patterns.Select(Word).OfType<string>())
        {
            if (pattern.IndexOf('*') is var star && (star < 0 || star == pattern.Length - 1)) taken.Add((JsonNode)pattern);
            else leftOut.Add(new($"mcp.servers.{name}.toolFilter.{which}", $"'{pattern}' has a * that is not at its end"));
        }
        return taken;
    }

    private static string SecretName(string text) => string.Concat(text.ToUpperInvariant().Select(c => char.IsAsciiLetterOrDigit(c) ? c : '_'));

    private static string? Word(JsonNode? node) => node is JsonValue value && value.TryGetValue(out string? text) && text.Length > 0 ? text : null;
}
