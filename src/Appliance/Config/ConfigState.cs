using System.Text.Json;
using System.Text.Json.Nodes;
using Appliance.Config.Document;

namespace Appliance.Config;

/// <summary>A configuration that has been read: the file, what counts more than it, and what follows. Immutable.</summary>
internal sealed class ConfigState
{
    private ConfigState(ConfigDocument? document, IReadOnlyList<ConfigOverride> overrides, JsonObject effective, ApplianceConfig config, IReadOnlyList<ConfigIssue> issues) =>
        (Document, Overrides, Effective, Config, Issues) = (document, overrides, effective, config, issues);

    /// <summary>The file; null where there is none.</summary>
    public ConfigDocument? Document { get; }

    /// <summary>What counts more than the file.</summary>
    public IReadOnlyList<ConfigOverride> Overrides { get; }

    /// <summary>File and overrides in one tree. It has secrets in it and is never changed.</summary>
    public JsonObject Effective { get; }

    /// <summary>The same with types and defaults; the defaults alone where the file cannot be used.</summary>
    public ApplianceConfig Config { get; }

    /// <summary>What is wrong with the file, and what is odd.</summary>
    public IReadOnlyList<ConfigIssue> Issues { get; }

    /// <summary>True where nothing but warnings was found.</summary>
    public bool IsValid => Issues.All(issue => issue.IsWarning);

    /// <summary>True where something stands at a path (<c>a.b</c>) that is neither null, false nor empty. Skills ask so.</summary>
    public bool IsSet(string path)
    {
        JsonNode? node = Effective;
        foreach (var name in path.Split('.')) node = (node as JsonObject)?[name];
        return node switch
        {
            JsonObject map => map.Count > 0,
            JsonArray list => list.Count > 0,
            JsonValue value => value.GetValueKind() switch { JsonValueKind.False => false, JsonValueKind.String => (string)value! is { Length: > 0 }, _ => true },
            _ => false,
        };
    }

    /// <summary>What is in force, defaults included, as a tree of its own. It has secrets in it.</summary>
    public JsonObject WithDefaults()
    {
        var tree = JsonSerializer.SerializeToNode(Config, ConfigJson.Default.ApplianceConfig)!.AsObject();
        Overlay(tree, Effective);
        return tree;
    }

    /// <summary>The configuration without a file.</summary>
    public static ConfigState WithoutFile(IReadOnlyList<ConfigOverride> overrides) => Make(null, [], overrides);

    /// <summary>Reads a file's content. Never throws for what stands in it.</summary>
    public static ConfigState Read(ReadOnlyMemory<byte> text, IReadOnlyList<ConfigOverride> overrides)
    {
        try
        {
            return Read(ConfigDocument.Parse(text), overrides);
        }
        catch (ConfigSyntaxException e)
        {
            var fault = e.Message[(e.Message.IndexOf(": ", StringComparison.Ordinal) + 2)..];
            return new(null, overrides, [], new ApplianceConfig(), [new ConfigIssue(ConfigPath.Root, e.Line, fault)]);
        }
    }

    /// <summary>Checks a document.</summary>
    public static ConfigState Read(ConfigDocument document, IReadOnlyList<ConfigOverride> overrides) => Make(document, document.ToJson(), overrides);

    private static ConfigState Make(ConfigDocument? document, JsonObject tree, IReadOnlyList<ConfigOverride> overrides)
    {
        // Without anything there is nothing to check, and nothing to make for it.
        if (tree.Count == 0 && overrides.Count == 0) return new(document, overrides, tree, new ApplianceConfig(), []);
        var issues = new List<ConfigIssue>();
        foreach (var (path, fault, isWarning) in ConfigCheck.Tree(tree)) issues.Add(new(path, document?.LineOf(path) ?? 1, fault, isWarning));
        var config = new ApplianceConfig();
        foreach (var (path, value, _) in overrides) Put(tree, path, value);
        if (issues.Any(issue => !issue.IsWarning)) return new(document, overrides, tree, config, issues);
        try
        {
            config = tree.Deserialize(ConfigJson.Default.ApplianceConfig)!;
            issues.AddRange(ConfigCheck.Sense(config).Select(s => new ConfigIssue(s.Path, document?.LineOf(s.Path) ?? 1, s.Fault)));
        }
        catch (JsonException e)
        {
            // The checks above should have said it better.
            issues.Add(new(ConfigPath.Root, 1, $"{e.Path}: {e.Message}"));
        }
        return new(document, overrides, tree, config, issues);
    }

    private static void Overlay(JsonObject tree, JsonObject over)
    {
        foreach (var (name, value) in over)
        {
            if (value is JsonObject inner && tree[name] is JsonObject under) Overlay(under, inner);
            else if (value is not null) tree[name] = value.DeepClone();
        }
    }

    private static void Put(JsonObject tree, ConfigPath path, JsonNode? value)
    {
        foreach (var step in path.Steps.SkipLast(1))
        {
            if (tree[step] is not JsonObject inner) tree[step] = inner = [];
            tree = inner;
        }
        tree[path.Last] = value?.DeepClone();
    }
}
