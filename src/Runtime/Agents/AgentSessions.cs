using Models;
using Runtime.Sessions;

namespace Runtime.Agents;

/// <summary>The sessions of every agent of the box, each in its own agent's store. Safe for several threads.</summary>
/// <param name="agents">The agents.</param>
public sealed class AgentSessions(AgentBook agents)
{
    /// <summary>Where the transcripts of the default agent are.</summary>
    public string Folder => agents.Default.Sessions.Folder;

    /// <summary>All sessions, the one written to last first.</summary>
    public IReadOnlyList<Session> List() => agents.All is var all && all.Count == 1 ? all[0].Sessions.List()
        : [.. all.SelectMany(agent => agent.Sessions.List()).OrderByDescending(s => s.UpdatedAt).ThenBy(s => s.Key, StringComparer.Ordinal)];

    /// <summary>The session of that full key, or null.</summary>
    public Session? Find(string key) => agents.Of(key)?.Sessions.Find(key);

    /// <summary>The session of that full key; begins it where there is none.</summary>
    /// <exception cref="ModelException">There is no such agent, there are too many sessions, or it cannot be written.</exception>
    public Session GetOrCreate(string key) => Of(key).GetOrCreate(key);

    /// <inheritdoc cref="SessionStore.Fork"/>
    public Session Fork(string key, Session source, IReadOnlyList<SessionMessage> earlier, string messageId) => Of(key).Fork(key, source, earlier, messageId);

    /// <inheritdoc cref="SessionStore.Reset"/>
    public Session Reset(string key) => Of(key).Reset(key);

    /// <inheritdoc cref="SessionStore.Delete"/>
    public string? Delete(string key) => agents.Of(key)?.Sessions.Delete(key);

    /// <inheritdoc cref="SessionStore.Rewind"/>
    public Session Rewind(Session session, IReadOnlyList<SessionMessage> earlier) => Of(session.Key).Rewind(session, earlier);

    /// <inheritdoc cref="SessionStore.Branches"/>
    public IReadOnlyList<Session> Branches(string key) => Of(key).Branches(key);

    /// <inheritdoc cref="SessionStore.Switch"/>
    public Session? Switch(Session session, string leafId) => Of(session.Key).Switch(session, leafId);

    private SessionStore Of(string key) => (agents.Of(key) ?? throw Unknown(SessionKey.Agent(key))).Sessions;

    private static ModelException Unknown(string agent) => new($"There is no agent {agent}.");
}
