using System.Security.Cryptography;
using System.Text.Json;
using Appliance.Config.Secrets;
using Models.Generation;
using Runtime.Mcp;
using Runtime.Tools;

namespace Appliance.Config.Sections;

/// <summary>An entry of section <c>mcp.servers</c>: a program that is started in the sandbox, or an address. Immutable.</summary>
internal sealed record McpServerConfig(
    [property: Setting("The program to start, by its name or whole path. Either this or url.")]
    string? Command = null,
    [property: Setting("Its arguments.")]
    IReadOnlyList<string>? Args = null,
    [property: Setting("Where the server is (Streamable HTTP): https://…, or http:// on this machine.")]
    string? Url = null,
    [property: Setting("Full path of the folder the program runs in and may write to; without it one of its own below mcp in the home folder.")]
    string? Cwd = null,
    [property: Setting("Full paths of further folders the program may read, what it is installed in among them.")]
    IReadOnlyList<string>? Folders = null,
    [property: Setting("Whether the program has the network.")]
    bool Network = false,
    [property: Setting("Whether it is used at all.")]
    bool Enabled = true,
    [property: Setting("Which of its tools are taken; all by default.")]
    McpToolsConfig? Tools = null,
    [property: Setting("What its tools do at most, where you know: reads, writes (what is its own), outward (asked about once the conversation has read private or foreign data) or destructive (asked about each time). Without it writes for a program without network; for the others outward where a tool says that it only reads, else destructive.")]
    ToolEffect? Effect = null,
    [property: Setting("How long a call may take: 60s, 5m.", Format = SettingFormat.Duration)]
    string Timeout = "60s",
    [property: Setting("What it may use.")]
    McpLimitsConfig? Limits = null)
{
    /// <summary>Variables of the program.</summary>
    [Setting("Variables the program gets, each a text or where a secret is; it gets none of the gateway's own.")]
    public IReadOnlyDictionary<string, SecretReference>? Env { get; init; }

    /// <summary>Headers of requests.</summary>
    [Setting("Headers of every request to url, each a text or where a secret is.")]
    public IReadOnlyDictionary<string, SecretReference>? Headers { get; init; }

    /// <summary>The bearer token, or null.</summary>
    [Setting("The bearer token for url. A command is asked anew for each connection, so that it can bring one that expires.")]
    public SecretReference? Token { get; init; }

    /// <summary>Those of a configuration that are used.</summary>
    /// <param name="config">The configuration.</param>
    /// <param name="home">What relative files of secrets are relative to.</param>
    public static IReadOnlyList<McpServerSettings> All(ApplianceConfig config, string home) =>
        [.. config.Mcp.Servers.Where(s => s.Value.Enabled).Select(s => s.Value.ToSettings(s.Key, home))];

    /// <summary>As the agent's room takes it.</summary>
    public McpServerSettings ToSettings(string name, string home)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(this, ConfigJson.Default.McpServerConfig);
        return new McpServerSettings(name, Convert.ToHexStringLower(SHA256.HashData(json)))
        {
            Command = Command,
            Arguments = Args ?? [],
            Environment = () => Resolve(Env, $"mcp.servers.{name}.env", home),
            Folder = Cwd,
            Readable = Folders ?? [],
            HasNetwork = Network,
            Address = Url is null ? null : new Uri(Url),
            Headers = () => [.. Resolve(Headers, $"mcp.servers.{name}.headers", home), .. Token is null ? Array.Empty<KeyValuePair<string, string>>() : [new("Authorization", $"Bearer {SecretResolver.Resolve(Token, $"mcp.servers.{name}.token", home)}")]],
            Allow = Tools?.Allow,
            Deny = Tools?.Deny ?? [],
            Effect = Effect,
            Limits = (Limits ?? new()).ToLimits(KeepAlive.TryParse(Timeout, out var time) && time > TimeSpan.Zero ? time : new McpLimits().Call),
        };
    }

    /// <summary>What is wrong with it, by the setting's name.</summary>
    public IEnumerable<(string Setting, string Fault)> Faults()
    {
        if (Command is null == Url is null) yield return ("", "needs either command or url");
        if (Command is { } command && command.Contains('/') && !Path.IsPathFullyQualified(command)) yield return ("command", $"is {command}, which is neither a name nor a full path");
        if (Url is not null && !(Uri.TryCreate(Url, UriKind.Absolute, out var address) && address.Scheme is "https" or "http" && address.UserInfo.Length == 0)) yield return ("url", "is no https:// or http:// address without a password in it");
        foreach (var folder in (Folders ?? []).Append(Cwd).Where(folder => folder is not null && !Path.IsPathFullyQualified(folder))) yield return ("folders", $"has {folder}, which is no full path");
        foreach (var variable in (Env ?? new Dictionary<string, SecretReference>()).Keys.Where(v => v.Length == 0 || v.Contains('=') || v.Contains('\0'))) yield return ("env", $"has '{variable}', which is no variable's name");
        if (!KeepAlive.TryParse(Timeout, out var time) || time <= TimeSpan.Zero || time > TimeSpan.FromHours(1)) yield return ("timeout", $"is {Timeout}; it must be more than nothing and an hour at most");
    }

    private static IReadOnlyList<KeyValuePair<string, string>> Resolve(IReadOnlyDictionary<string, SecretReference>? places, string setting, string home) =>
        [.. (places ?? new Dictionary<string, SecretReference>()).Select(p => KeyValuePair.Create(p.Key, SecretResolver.Resolve(p.Value, $"{setting}.{p.Key}", home)))];
}
