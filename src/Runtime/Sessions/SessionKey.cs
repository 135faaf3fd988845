namespace Runtime.Sessions;

/// <summary>Names of sessions: <c>agent:&lt;agent&gt;:&lt;rest&gt;</c>.</summary>
public static class SessionKey
{
    /// <summary>The one agent there is so far.</summary>
    public const string MainAgent = "main";

    /// <summary>The session a client opens by itself.</summary>
    public const string Main = $"agent:{MainAgent}:main";

    /// <summary>Longest key, characters.</summary>
    public const int Longest = 512;

    /// <summary>The full key of what a client named: <c>main</c> is short for <see cref="Main"/>.</summary>
    public static string Normalize(string key) => key.StartsWith("agent:", StringComparison.Ordinal) ? key : $"agent:{MainAgent}:{key}";

    /// <summary>The agent a full key belongs to.</summary>
    public static string Agent(string key) => key.Split(':', 3)[1];
}
