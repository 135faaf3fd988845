using Runtime.Sessions;

namespace Appliance.Gateway.Identity.People;

/// <summary>Whose a session is, by its key (<see cref="SessionKey.Person"/>). Pure.</summary>
internal static class SessionOwner
{
    /// <summary>The person a full key belongs to.</summary>
    public static string Of(string key) => SessionKey.Person(key) ?? Person.OwnerId;

    /// <summary>The session a person's client opens by itself.</summary>
    public static string MainOf(string person, string agent = SessionKey.MainAgent) => SessionKey.MainOf(agent, person == Person.OwnerId ? null : person);

    /// <summary>The full key a person means: what is theirs as it stands, the main session as their own, and any other name below their own.</summary>
    public static string Resolve(string person, string key, string inAgent = SessionKey.MainAgent)
    {
        var full = SessionKey.Normalize(key, inAgent);
        if (person == Person.OwnerId || Of(full) == person || full.Split(':') is not ["agent", var agent, _, ..]) return full;
        var rest = full[("agent:".Length + agent.Length + 1)..];
        // A key that names somebody is not bent: it is theirs, and for the policy to refuse.
        if (rest.StartsWith(SessionKey.Direct + ":", StringComparison.Ordinal)) return full;
        return rest == "main" ? MainOf(person, agent) : $"{MainOf(person, agent)}:{rest}";
    }
}
