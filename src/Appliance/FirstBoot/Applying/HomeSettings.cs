using System.Text;
using System.Text.Json.Nodes;
using Appliance.Config;
using Appliance.Config.Document;
using Appliance.Config.Secrets;
using Models.Store;
using Runtime.Agents;
using Runtime.Workspaces;

namespace Appliance.FirstBoot.Applying;

/// <summary>What first boot sets in the service's home.</summary>
internal static class HomeSettings
{
    private const string TokenName = "GATEWAY_TOKEN", Person = "USER.md", NameLine = "My name is ", LanguageLine = "Answer me in ";
    private static readonly ConfigPath Bind = ConfigPath.Parse("gateway.bind");

    /// <summary>A language as it is called in English.</summary>
    public static string NameOf(string language) => language switch { "de" => "German", "zh" => "Chinese", _ => "English" };

    /// <summary>The gateway takes this token, and listens on the network: beyond loopback nothing is open without one.</summary>
    /// <param name="files">The box.</param>
    /// <param name="home">The service's home, in the box.</param>
    /// <param name="token">The token.</param>
    /// <exception cref="Models.ModelException">The configuration that is there cannot be used or written.</exception>
    public static void SetToken(BoxFiles files, string home, string token)
    {
        var at = HomeFolder.EnsureFolder(files.At(home));
        using var store = ConfigStore.Open(at);
        // A file that the configuration names already is where others look for it too: images show it on their screen.
        if (store.Config.Gateway.Token is { Source: SecretSource.File, Place: [var place] })
        {
            DurableFile.Replace(files.At(Path.Combine(home, place)), Encoding.UTF8.GetBytes(token));
            store.Edit(document => ConfigEdit.Set(document, Bind, "0.0.0.0"));
            return;
        }
        // The secret first: a configuration that names one that is not there would not start.
        SecretFiles.Set(at, TokenName, token);
        store.Edit(document => ConfigEdit.Set(ConfigEdit.Set(document, Bind, "0.0.0.0"), ConfigPath.Parse("gateway.token"), new JsonObject { ["file"] = $"secrets/{TokenName}" }));
    }

    /// <summary>Whether the gateway says in its network that it is there, with no more than it takes to connect.</summary>
    /// <exception cref="Models.ModelException">The configuration that is there cannot be used or written.</exception>
    public static void SetMdns(string home, bool isFound)
    {
        using var store = ConfigStore.Open(HomeFolder.EnsureFolder(home));
        store.Edit(document => ConfigEdit.Set(document, ConfigPath.Parse("discovery.mdns.mode"), isFound ? "minimal" : "off"));
    }

    /// <summary>Tells the agent who it works for; what else stands in the file stays.</summary>
    /// <exception cref="Models.ModelException">The file cannot be read or written.</exception>
    public static void SetPerson(string home, string? name, string? language)
    {
        var folder = Path.Combine(home, "agents", "main", "workspace");
        AgentFiles.Prepare(folder);
        var workspace = new AgentWorkspace(folder);
        var lines = workspace.ReadKnown(Person) is { } file ? Encoding.UTF8.GetString(file.Content).Split('\n').ToList() : [];
        Put(NameLine, name is null ? null : $"{NameLine}{name}.");
        Put(LanguageLine, language is null ? null : $"{LanguageLine}{NameOf(language)}.");
        workspace.WriteKnown(Person, Encoding.UTF8.GetBytes(string.Join('\n', lines).TrimEnd('\n') + "\n"), expectedHash: null);

        void Put(string begin, string? line)
        {
            if (line is null) return;
            var at = lines.FindIndex(old => old.StartsWith(begin, StringComparison.Ordinal));
            if (at >= 0) lines[at] = line;
            else lines.Insert(lines.FindLastIndex(old => old.Length > 0) + 1, line);
        }
    }
}
