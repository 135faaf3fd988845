namespace Runtime.Sessions;

/// <summary>Names of sessions: <c>agent:&lt;agent&gt;:&lt;rest&gt;</c>.</summary>
public static class SessionKey
{
    /// <summary>The agent that is always there.</summary>
    public const string MainAgent = "main";

    /// <summary>The session a client opens by itself.</summary>
    public const string Main = $"agent:{MainAgent}:main";

    /// <summary>Longest key, characters.</summary>
    public const int Longest = 512;

    /// <summary>The part of a key before a person's id.</summary>
    public const string Direct = "direct";

    private const string Helper = "subagent";

    // Names that a file cannot have on every system, wherever a part of a key may end up.
    private static readonly string[] Devices =
        ["con", "prn", "aux", "nul", .. Enumerable.Range(1, 9).SelectMany(i => new[] { $"com{i}", $"lpt{i}" })];

    /// <summary>The full key of what a client named: <c>main</c> is short for the main session of an agent.</summary>
    public static string Normalize(string key, string agent) => key.StartsWith("agent:", StringComparison.Ordinal) ? key : $"agent:{agent}:{key}";

    /// <summary>The same for <see cref="MainAgent"/>.</summary>
    public static string Normalize(string key) => Normalize(key, MainAgent);

    /// <summary>The main session of an agent.</summary>
    public static string MainOf(string agent) => $"agent:{agent}:main";

    /// <summary>The session that somebody's client opens by itself.</summary>
    /// <param name="agent">The agent.</param>
    /// <param name="person">Who; null for the owner.</param>
    public static string MainOf(string agent, string? person) => person is null ? MainOf(agent) : $"agent:{agent}:{Direct}:{person}";

    /// <summary>
    /// The person a full key belongs to; null for the owner. <c>agent:AGENT:direct:PERSON</c> and what comes below it is that person's,
    /// everything else the owner's: a key says it wherever it stands, and nothing has to be kept beside it.
    /// </summary>
    public static string? Person(string key) => key.Split(':', 5) is ["agent", _, Direct, { Length: > 0 } person, ..] ? person : null;

    /// <summary>A new session for a helper.</summary>
    /// <param name="agent">Whose helper it is.</param>
    /// <param name="run">The turn that gives it its task.</param>
    /// <param name="call">The call that does.</param>
    public static string OfHelper(string agent, string run, string call) => $"agent:{agent}:{Helper}:{run}:{call}";

    /// <summary>True for the full key of a helper's session.</summary>
    public static bool IsHelper(string key) => key.Split(':', 4) is ["agent", _, Helper, _];

    /// <summary>The agent a full key belongs to.</summary>
    public static string Agent(string key) => key.Split(':', 3)[1];

    /// <summary>
    /// True for a full key that is only made of what keys are made of: at least three parts, of ASCII letters, digits and
    /// <c>. _ - @ + = ! # ~ $ %</c>, none of them dots alone or a device's name. No part can be taken for a path.
    /// </summary>
    public static bool IsValid(string key)
    {
        if (key.Length > Longest || !key.StartsWith("agent:", StringComparison.Ordinal)) return false;
        var parts = key.Split(':');
        return parts.Length >= 3 && IsAgent(parts[1]) && parts.All(IsPart);
    }

    /// <summary>True for a name an agent may have: lower-case letters, digits, <c>-</c> and <c>_</c>, 64 at most.</summary>
    public static bool IsAgent(string id) =>
        id.Length is > 0 and <= 64 && char.IsAsciiLetterOrDigit(id[0]) && !Devices.Contains(id)
        && id.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '_');

    private static bool IsPart(string part) =>
        part.Length > 0 && part.Any(c => c != '.') && !part.Contains("..", StringComparison.Ordinal)
        && !Devices.Contains(part.Split('.')[0], StringComparer.OrdinalIgnoreCase)
        && part.All(c => char.IsAsciiLetterOrDigit(c) || ".-_@+=!#~$%".Contains(c));
}
