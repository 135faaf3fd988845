using System.Text;
using System.Text.Json.Nodes;
using Appliance.Gateway.Protocol;

namespace Appliance.Gateway.Methods.Wire;

// What the methods about the configuration send. Trees come here without secrets in them.

/// <summary>Answer of <c>config.get</c>.</summary>
/// <param name="Path">Where the file is.</param>
/// <param name="Exists">There is one.</param>
/// <param name="Hash">What a change must be made for.</param>
/// <param name="Applied">The hash of what is in force.</param>
/// <param name="Raw">The file as it is written; null where there is none, or nobody can tell what in it is a secret.</param>
/// <param name="Parsed">The file as a tree.</param>
/// <param name="Config">What is in force, defaults and variables included.</param>
internal sealed record ConfigSnapshot(string Path, bool Exists, string Hash, string Applied, string? Raw, JsonObject? Parsed, JsonObject Config) : IPayload
{
    public IReadOnlyList<IPayload> Issues { get; init; } = [];
    public IReadOnlyList<IPayload> Warnings { get; init; } = [];

    public void Write(PayloadWriter to)
    {
        to.Add("path", Path).None("includedPaths", "includeProvenance").Add("exists", Exists).Stay("raw", Raw);
        if (Parsed is not null) to.AddTree("parsed", Parsed).AddTree("sourceConfig", Parsed).AddTree("resolved", Parsed);
        to.Add("valid", Issues.Count == 0).AddTree("runtimeConfig", Config).AddTree("config", Config).Add("hash", Hash)
            .Add("issues", Issues).Add("warnings", Warnings).None("legacyIssues").Add("configRevisionHash", Hash).Add("appliedConfigHash", Applied);
    }
}

/// <summary>Something that is wrong with the file.</summary>
internal sealed record ConfigIssueEntry(string Path, string Message) : IPayload
{
    public void Write(PayloadWriter to) => to.Add("path", Path).Add("message", Message);
}

/// <summary>Answer of <c>config.set</c>, <c>config.patch</c> and <c>config.apply</c>.</summary>
internal sealed record ConfigWritten(string Path, string Hash, IReadOnlyList<string>? ChangedPaths, JsonObject Config) : IPayload
{
    /// <summary>True where nothing was changed.</summary>
    public bool? Noop { get; init; }

    /// <summary>What counts only after a restart.</summary>
    public IReadOnlyList<string> NeedRestart { get; init; } = [];

    public void Write(PayloadWriter to)
    {
        to.Add("ok", true).Add("noop", Noop).Add("changedPaths", ChangedPaths).Add("path", Path);
        if (Noop is null) to.Add("hash", Hash);
        to.AddTree("config", Config);
        if (NeedRestart.Count > 0) to.Add("restart", new RestartNeeded(NeedRestart));
    }
}

/// <summary>This gateway does not restart itself: it says that somebody must, and for what.</summary>
internal sealed record RestartNeeded(IReadOnlyList<string> Paths) : IPayload
{
    public void Write(PayloadWriter to) => to.Add("ok", false).Add("reason", $"Restart the gateway for {string.Join(", ", Paths)} to count.").Add("paths", Paths);
}

/// <summary>Payload of the event <c>config.changed</c>.</summary>
internal sealed record ConfigChanged(string Path, string Hash, IReadOnlyList<string> ChangedPaths, bool RestartRequired) : IPayload
{
    public void Write(PayloadWriter to) => to.Add("path", Path).Add("hash", Hash).Add("changedPaths", ChangedPaths).Add("restartRequired", RestartRequired);
}

/// <summary>Answer of <c>config.schema</c>.</summary>
internal sealed record ConfigSchemaResponse(JsonObject Schema, IReadOnlyList<(string Path, ConfigHint Hint)> Hints, string Version, string GeneratedAt) : IPayload
{
    public void Write(PayloadWriter to) => to.AddTree("schema", Schema).Add("uiHints", new HintMap(Hints)).Add("version", Version).Add("generatedAt", GeneratedAt);

    private sealed record HintMap(IReadOnlyList<(string Path, ConfigHint Hint)> Hints) : IPayload
    {
        public void Write(PayloadWriter to)
        {
            foreach (var (path, hint) in Hints) to.Add(path, hint);
        }
    }
}

/// <summary>How a form shows a setting.</summary>
internal sealed record ConfigHint(string? Help, bool Sensitive) : IPayload
{
    public void Write(PayloadWriter to) => to.Add("help", Help).Add("sensitive", Sensitive ? true : null);
}

/// <summary>Answer of <c>config.schema.lookup</c>.</summary>
internal sealed record ConfigSchemaEntry(string Path, JsonObject Schema, string ReloadKind, ConfigHint Hint, IReadOnlyList<ConfigSchemaChild> Children) : IPayload
{
    public void Write(PayloadWriter to) => to
        .Add("path", Path).AddTree("schema", Schema).Add("reloadKind", ReloadKind).Add("hint", Hint).Add("hintPath", Path).Add("children", Children);
}

/// <summary>A setting inside.</summary>
internal sealed record ConfigSchemaChild(string Key, string Path, string Type, bool HasChildren, string ReloadKind, ConfigHint Hint) : IPayload
{
    public void Write(PayloadWriter to) => to
        .Add("key", Key).Add("path", Path).Add("type", Type).Add("required", false).Add("hasChildren", HasChildren).Add("reloadKind", ReloadKind)
        .Add("hint", Hint).Add("hintPath", Path);
}

/// <summary>Answer of <c>secrets.reload</c>.</summary>
internal sealed record SecretsReloaded(int WarningCount) : IPayload
{
    public void Write(PayloadWriter to) => to.Add("ok", true).Add("warningCount", WarningCount);
}

/// <summary>Answer of <c>secrets.resolve</c>.</summary>
internal sealed record SecretsResolved(IReadOnlyList<string> Diagnostics) : IPayload
{
    public void Write(PayloadWriter to) => to.Add("ok", true).None("assignments").Add("diagnostics", Diagnostics).None("inactiveRefPaths");
}

/// <summary>Answer of <c>secrets.store.list</c>: names, never what is behind them.</summary>
internal sealed record SecretStoreList(IReadOnlyList<SecretStoreEntry> Entries) : IPayload
{
    public void Write(PayloadWriter to) => to.Add("entries", Entries);
}

/// <summary>A secret of the store.</summary>
internal sealed record SecretStoreEntry(string Name, long CreatedAtMs, long UpdatedAtMs) : IPayload
{
    public void Write(PayloadWriter to) => to
        .Add("name", Name).Add("scopeKind", "team").Add("scopeId", "").Add("createdAtMs", CreatedAtMs).Add("updatedAtMs", UpdatedAtMs).Add("kind", "secret");
}

/// <summary>Answer of <c>secrets.store.set</c> and <c>secrets.store.delete</c>.</summary>
internal sealed record SecretStoreMutation(bool Reloaded, int WarningCount) : IPayload
{
    public void Write(PayloadWriter to) => to.Add("ok", true).Add("reloaded", Reloaded).Add("warningCount", WarningCount);
}

/// <summary>Trees as payloads.</summary>
internal static class TreePayload
{
    public static PayloadWriter AddTree(this PayloadWriter to, string name, JsonObject tree) => to.Raw(name, Encoding.UTF8.GetBytes(tree.ToJsonString()));
}
