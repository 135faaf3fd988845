using System.Text.Json.Nodes;
using Appliance.Config.Document;

namespace Appliance.Config;

/// <summary>One configuration has taken another's place.</summary>
/// <param name="Before">The old.</param>
/// <param name="After">The new.</param>
internal sealed record ConfigChange(ConfigState Before, ConfigState After)
{
    /// <summary>The settings that are not as they were.</summary>
    public IReadOnlyList<ConfigPath> Paths { get; } = [.. Differences(Before.Effective, After.Effective, ConfigPath.Root)];

    /// <summary>Those of them that count only after a restart.</summary>
    public IReadOnlyList<ConfigPath> NeedRestart => [.. Paths.Where(NeedsRestart)];

    /// <summary>True where a change of this setting counts only after a restart.</summary>
    public static bool NeedsRestart(ConfigPath path)
    {
        // What no setting has does nothing, restarted or not.
        if (ConfigSchema.Find(path) is not { } schema) return false;
        return schema.Properties.Any() ? schema.Properties.Any(p => NeedsRestart(path.With(p.Name))) : !IsHot(path);
    }

    // In a table or list the setting is the table.
    private static bool IsHot(ConfigPath path)
    {
        for (; path.Steps.Count > 0; path = path.Parent)
        {
            if (ConfigSchema.Find(path)?.IsHot == true) return true;
        }
        return false;
    }

    private static IEnumerable<ConfigPath> Differences(JsonNode? before, JsonNode? after, ConfigPath path)
    {
        if (before is not JsonObject && after is not JsonObject) return JsonNode.DeepEquals(before, after) ? [] : [path];
        // An entry of a table with nothing in it is one all the same.
        if ((before ?? after) is JsonObject { Count: 0 } && (before is null || after is null) && ConfigSchema.Find(path.Parent)?.Entry is not null) return [path];
        var (old, fresh) = (before as JsonObject ?? [], after as JsonObject ?? []);
        if (ConfigSchema.Find(path) is { IsSecret: true }) return JsonNode.DeepEquals(before, after) ? [] : [path];
        return old.Select(p => p.Key).Union(fresh.Select(p => p.Key)).SelectMany(name => Differences(old[name], fresh[name], path.With(name)));
    }
}
