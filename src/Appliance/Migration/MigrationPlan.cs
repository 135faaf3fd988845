using System.Text.Json.Nodes;
using Appliance.Config;
using Appliance.Config.Document;
using Appliance.Config.Secrets;

namespace Appliance.Migration;

/// <summary>What would be taken over, and what not. Immutable.</summary>
/// <param name="Source">The folder it is from.</param>
/// <param name="Steps">In the order they are done.</param>
/// <param name="LeftOut">What stays behind.</param>
internal sealed record MigrationPlan(string Source, IReadOnlyList<MigrationStep> Steps, IReadOnlyList<LeftBehind> LeftOut);

/// <summary>One thing to take over.</summary>
/// <param name="Kind">config, secret, workspace or session.</param>
/// <param name="From">Where it is.</param>
/// <param name="To">Where it goes.</param>
internal sealed record MigrationStep(string Kind, string From, string To)
{
    /// <summary>Does it, again without harm. Says how it went where that is more than "done".</summary>
    public required Func<string?> Do { get; init; }

    /// <summary>Writes a setting where there is none of its path.</summary>
    public static MigrationStep Setting(string from, ConfigPath path, JsonNode value, string home) => new("config", from, $"{path}")
    {
        Do = () =>
        {
            using var store = ConfigStore.Open(home);
            if (store.Current.Document?.Find(path) is not null) return "was set here already; left as it is";
            store.Edit(document => ConfigEdit.Set(document, path, value.DeepClone()));
            return null;
        },
    };

    /// <summary>Keeps a secret in a file of its own.</summary>
    public static MigrationStep Secret(string from, string name, string secret, string home) => new("secret", from, $"secrets/{name}")
    {
        Do = () =>
        {
            SecretFiles.Set(home, name, secret);
            return null;
        },
    };
}

/// <summary>Something that is not taken over, and why.</summary>
internal sealed record LeftBehind(string What, string Why);
