using Runtime.Sessions;

namespace Appliance.Gateway.Identity.People;

/// <summary>
/// Whose a session is, by its key: <c>agent:AGENT:direct:PERSON</c> and what comes below it is that person's, everything else the owner's.
/// So a key says it wherever it stands, and nothing has to be kept beside it. Pure.
/// </summary>
internal static class SessionOwner
{
    private const string Direct = "direct";

    /// <summary>The person a full key belongs to.</summary>
    public static string Of(string key)
    {
        var parts = key.Split(':', 5);
        return parts is ["agent", _, Direct, { Length: > 0 } person, ..] ? person : Person.OwnerId;
    }

    /// <summary>The session a person's client opens by itself.</summary>
    public static string MainOf(string person, string agent = SessionKey.MainAgent) => person == Person.OwnerId ? $"agent:{agent}:main" : $"agent:{agent}:{Direct}:{person}";

    /// <summary>The full key a person means: what is theirs as it stands, the main session as their own, and any other name below their own.</summary>
    public static string Resolve(string person, string key, string inAgent = SessionKey.MainAgent)
    {
        var full = SessionKey.Normalize(key, inAgent);
        if (person == Person.OwnerId || Of(full) == person || full.Split(':') is not ["agent", var agent, _, ..]) return full;
        var rest = full[("agent:".Length + agent.Length + 1)..];
        // A key that names somebody is not bent: it is theirs, and for the policy to refuse.
        if (rest.StartsWith(Direct + ":", StringComparison.Ordinal)) return full;
        return rest == "main" ? MainOf(person, agent) : $"{MainOf(person, agent)}:{rest}";
    }
}
