using Runtime.Tools;

namespace Runtime.Mcp;

/// <summary>What the owner set for a server: a program to start, or an address. Immutable.</summary>
/// <param name="Name">Its name: letters, digits and <c>-</c>.</param>
/// <param name="Fingerprint">Of all that was set; another one is another server to connect to.</param>
public sealed record McpServerSettings(string Name, string Fingerprint)
{
    /// <summary>The program, by its name or whole path; null for a server elsewhere.</summary>
    public string? Command { get; init; }

    /// <summary>Its arguments.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>Variables it gets beside the few that every program does; asked for at each start, for they may be secrets.</summary>
    /// <exception cref="Models.ModelException">Thrown where one is not to be had.</exception>
    public Func<IReadOnlyList<KeyValuePair<string, string>>> Environment { get; init; } = () => [];

    /// <summary>Full path of the folder it runs in and may write to; null for one of its own.</summary>
    public string? Folder { get; init; }

    /// <summary>Full paths of further folders it may read.</summary>
    public IReadOnlyList<string> Readable { get; init; } = [];

    /// <summary>True where the program has the network.</summary>
    public bool HasNetwork { get; init; }

    /// <summary>Where the server is; null for a program.</summary>
    public Uri? Address { get; init; }

    /// <summary>Headers of every request, credentials among them; asked for at each connection.</summary>
    /// <exception cref="Models.ModelException">Thrown where one is not to be had.</exception>
    public Func<IReadOnlyList<KeyValuePair<string, string>>> Headers { get; init; } = () => [];

    /// <summary>Tools that are taken, as the server names them; names may end in <c>*</c>. Null for all.</summary>
    public IReadOnlyList<string>? Allow { get; init; }

    /// <summary>Tools that are not.</summary>
    public IReadOnlyList<string> Deny { get; init; } = [];

    /// <summary>What its tools do at most, where the owner knows; null goes by what they could.</summary>
    public ToolEffect? Effect { get; init; }

    /// <summary>Bounds.</summary>
    public McpLimits Limits { get; init; } = new();

    /// <summary>True for a name a server may have: up to 32 letters, digits, <c>-</c> and single <c>_</c>, beginning with a letter or digit.</summary>
    public static bool IsName(string name) =>
        name.Length is > 0 and <= 32 && char.IsAsciiLetterOrDigit(name[0]) && name[^1] != '_' && !name.Contains("__", StringComparison.Ordinal) && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');

    /// <summary>True for a tool that is taken from it.</summary>
    public bool Takes(string tool) => (Allow is null || Allow.Any(p => Matches(p, tool))) && !Deny.Any(p => Matches(p, tool));

    // What nobody vouches for is taken for what it could be: a program without network reaches its own folder; with it, or elsewhere,
    // a server can do anything, and that it only reads is its own word, which counts for a little.
    internal ToolEffect EffectOf(bool saysItReads) =>
        Effect ?? (Address is null && !HasNetwork ? ToolEffect.Writes : saysItReads ? ToolEffect.Outward : ToolEffect.Destructive);

    private static bool Matches(string pattern, string name) => pattern.EndsWith('*') ? name.StartsWith(pattern[..^1], StringComparison.Ordinal) : pattern == name;
}
