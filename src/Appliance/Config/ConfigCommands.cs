using System.Text.Json.Nodes;
using Appliance.Config.Document;
using Appliance.Config.Secrets;

namespace Appliance.Config;

/// <summary>Programs that a configuration has run: for its secrets, and as MCP servers.</summary>
internal static class ConfigCommands
{
    /// <summary>The path of a program that a document names and an older one does not, or null.</summary>
    public static ConfigPath? New(ConfigDocument next, ConfigDocument? old)
    {
        foreach (var (path, secret) in Secrets(next))
        {
            if (secret.Source == SecretSource.Command && !(old?.Find(path) is { } before && secret.Equals(SecretReference.Read(old.ToJson(before), out _)))) return path;
        }
        var known = Servers(old?.ToJson());
        foreach (var (name, server) in Servers(next.ToJson()))
        {
            if (server?["command"] is not null && !ServerProgram.All(part => JsonNode.DeepEquals(server[part], known[name]?[part]))) return ConfigPath.Parse("mcp.servers").With(name);
        }
        return null;
    }

    // What of an MCP server says what runs, and with which rights.
    private static readonly string[] ServerProgram = ["command", "args", "env", "cwd", "folders", "network"];

    private static JsonObject Servers(JsonObject? tree) => (tree?["mcp"] as JsonObject)?["servers"] as JsonObject ?? [];

    /// <summary>Every secret of a document, by its path.</summary>
    public static IEnumerable<(ConfigPath Path, SecretReference Secret)> Secrets(ConfigDocument document) => Secrets(ConfigSchema.Root, document.Root, document, ConfigPath.Root);

    private static IEnumerable<(ConfigPath, SecretReference)> Secrets(SettingSchema schema, ConfigNode node, ConfigDocument document, ConfigPath path)
    {
        if (schema.IsSecret) return SecretReference.Read(document.ToJson(node), out _) is { } secret ? [(path, secret)] : [];
        return [
            .. node.Members.SelectMany(m => schema.Inside(m.Name) is { } inner ? Secrets(inner, m.Value, document, path.With(m.Name)) : []),
            .. node.Items.SelectMany((item, i) => schema.Item is { } inner ? Secrets(inner, item, document, path.With($"{i}")) : []),
        ];
    }
}
