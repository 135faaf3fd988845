using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Appliance.Config.Document;
using Appliance.Config.Secrets;
using Models.Routing.Execution;
using Runtime.Mcp;
using Runtime.Sessions;

namespace Appliance.Config;

/// <summary>Holds values to the schema. What nobody knows is a warning, so that a file for a newer version still works. Pure.</summary>
internal static class ConfigCheck
{
    /// <summary>Everything that is wrong with a tree.</summary>
    public static IEnumerable<(ConfigPath Path, string Fault, bool IsWarning)> Tree(JsonObject tree) => Check(ConfigSchema.Root, tree, ConfigPath.Root);

    /// <summary>What is wrong with a value at a path.</summary>
    public static IEnumerable<(ConfigPath Path, string Fault, bool IsWarning)> Check(SettingSchema schema, JsonNode? value, ConfigPath path)
    {
        if (schema.IsSecret && value is not null)
        {
            SecretReference.Read(value, out var fault);
            if (value is JsonValue text && text.TryGetValue(out string? word) && word == ConfigRedaction.Sentinel) fault = "is only the placeholder of a secret";
            return fault is null ? [] : [(path, fault, false)];
        }
        return value switch
        {
            null => schema.IsSecret || schema.Is("null") ? [] : Wrong("must not be null"),
            JsonObject members when schema.Is("object") => members.SelectMany(member => Member(schema, member.Key, member.Value, path))
                .Concat(schema.Required.Where(name => !members.ContainsKey(name)).Select(name => (path, $"needs {name}", false))),
            JsonArray items when schema.Is("array") => items.SelectMany((item, i) => schema.Item is { } inner ? Check(inner, item, path.With($"{i}")) : []),
            JsonValue scalar => Scalar(schema, scalar) is { } fault ? Wrong(fault) : [],
            _ => Wrong($"must be {schema.TypeName}"),
        };

        (ConfigPath, string, bool)[] Wrong(string fault) => [(path, fault, false)];
    }

    /// <summary>What settings say against each other.</summary>
    public static IEnumerable<(ConfigPath Path, string Fault)> Sense(ApplianceConfig config)
    {
        var bind = config.Gateway.Bind;
        if (IPAddress.TryParse(bind, out var address) && !IPAddress.IsLoopback(address) && config.Gateway.Token is null)
            yield return (ConfigPath.Parse("gateway.bind"), $"is {bind}, which would open this machine to the network without a secret: set gateway.token too");
        foreach (var fault in NetworkCheck.Of(config)) yield return fault;
        foreach (var origin in (config.Gateway.AllowedOrigins ?? []).Where(origin => !IsOrigin(origin)))
            yield return (ConfigPath.Parse("gateway.allowedOrigins"), $"has {origin}, which is no origin: http:// or https://, a host and, where it is not the usual one, a port, with nothing after; * is none");
        foreach (var (id, agent) in config.Agents)
        {
            var path = ConfigPath.Root.With("agents").With(id);
            if (!SessionKey.IsAgent(id)) yield return (path, "is no agent's id: up to 64 lower-case letters, digits, - and _, beginning with a letter or digit");
            if (agent.Workspace is { } workspace && !Path.IsPathFullyQualified(workspace)) yield return (path.With("workspace"), $"is {workspace}, which is no full path");
        }
        foreach (var name in config.Models.Targets.Keys.Where(name => name is RoutedModels.Auto or "" || name.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_' or '.'))))
            yield return (ConfigPath.Root.With("models").With("targets").With(name), "is no name of a target: letters, digits, -, _ and ., and not auto");
        foreach (var (name, server) in config.Mcp.Servers)
        {
            var path = ConfigPath.Root.With("mcp").With("servers").With(name);
            if (!McpServerSettings.IsName(name)) yield return (path, "is no name for a server: up to 32 letters, digits, - and single _, beginning with a letter or digit");
            foreach (var (setting, fault) in server.Faults()) yield return (setting.Length == 0 ? path : path.With(setting), fault);
        }
        for (var i = 0; i < config.Bindings.Count; i++)
        {
            var (path, binding) = (ConfigPath.Root.With("bindings").With($"{i}"), config.Bindings[i]);
            if (binding.Agent != SessionKey.MainAgent && !config.Agents.ContainsKey(binding.Agent)) yield return (path.With("agent"), $"is {binding.Agent}, and there is no such agent");
            if (!binding.ToBinding().IsOfSomething) yield return (path, "names nothing that goes to the agent: channel, account, peer, person or hook");
        }
        foreach (var fault in PeopleCheck.Of(config)) yield return fault;
        foreach (var fault in HardwareCheck.Of(config)) yield return fault;
    }

    // As browsers write it, so that texts can be compared.
    private static bool IsOrigin(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" && uri.UserInfo.Length == 0 && uri.GetLeftPart(UriPartial.Authority) == text;

    private static IEnumerable<(ConfigPath, string, bool)> Member(SettingSchema schema, string name, JsonNode? value, ConfigPath path)
    {
        if (schema.Inside(name) is { } inner) return Check(inner, value, path.With(name));
        // Files that pull in others could read what their reader may not.
        if (name.StartsWith('$')) return [(path.With(name), "is not known here: the configuration is one file", false)];
        var nearest = NearestName.Of(name, schema.Properties.Select(p => p.Name));
        return [(path.With(name), nearest is null ? "is no setting of this version and does nothing" : $"is no setting and does nothing. Did you mean {path.With(nearest)}?", true)];
    }

    private static string? Scalar(SettingSchema schema, JsonValue value) => value.GetValueKind() switch
    {
        JsonValueKind.String when schema.Is("string") => Text(schema, (string)value!),
        JsonValueKind.Number when schema.Is("integer") && !schema.Is("number") && !IsWhole(value) => "must be a whole number",
        JsonValueKind.Number when schema.Is("integer") || schema.Is("number") => Number(schema, Number(value)),
        JsonValueKind.True or JsonValueKind.False when schema.Is("boolean") => null,
        _ => $"must be {schema.TypeName}",
    };

    private static string? Text(SettingSchema schema, string text)
    {
        if (text == ConfigRedaction.Sentinel) return "is only the placeholder of a secret";
        if (schema.Words is { } words && !words.Contains(text, StringComparer.Ordinal)) return $"must be one of {string.Join(", ", words)}";
        return SettingFormat.Check(schema.Format, text) is { } fault ? $"'{text}' {fault}" : null;
    }

    private static string? Number(SettingSchema schema, double number)
    {
        var (least, most) = schema.Range;
        if (number >= least && number <= most) return null;
        return double.IsInfinity(most) ? $"must be at least {least}" : double.IsInfinity(least) ? $"must be at most {most}" : $"must be between {least} and {most}";
    }

    private static bool IsWhole(JsonValue value) => Number(value) is var number && number == Math.Floor(number) && Math.Abs(number) <= 1L << 53
        // 5.0 is whole, but no integer is read from it.
        && !value.ToJsonString().AsSpan().ContainsAny('.', 'e', 'E');

    private static double Number(JsonValue value) => double.Parse(value.ToJsonString(), System.Globalization.CultureInfo.InvariantCulture);
}
