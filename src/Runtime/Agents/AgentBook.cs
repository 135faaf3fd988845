using Models;
using Runtime.Sessions;
using Runtime.Tools.Policy;

namespace Runtime.Agents;

/// <summary>The agents of this box. Immutable; a change of the settings makes another.</summary>
public sealed class AgentBook
{
    private readonly Dictionary<string, Agent> _agents = new(StringComparer.Ordinal);

    /// <summary>The agents of these settings, with their state under a home folder; the first is the default. None means one, <c>main</c>.</summary>
    /// <exception cref="ModelException">An id is not one, or is there twice.</exception>
    public AgentBook(string home, IReadOnlyList<AgentSettings> settings, TimeProvider time)
    {
        foreach (var one in settings.Count > 0 ? settings : [new AgentSettings()])
        {
            if (!IsId(one.Id)) throw new ModelException($"\"{one.Id}\" is not an agent's id: up to 64 letters, digits, - and _, beginning with a letter or digit.");
            var agent = new Agent(one, Path.Combine(home, "agents", one.Id), time);
            if (!_agents.TryAdd(one.Id, agent)) throw new ModelException($"There are two agents with the id {one.Id}.");
            Default ??= agent;
        }
    }

    /// <summary>The agent for whoever names none.</summary>
    public Agent Default { get; } = null!;

    /// <summary>All, the default one first.</summary>
    public IReadOnlyCollection<Agent> All => _agents.Values;

    /// <summary>The agent of that id, or null.</summary>
    public Agent? Find(string id) => _agents.GetValueOrDefault(id);

    /// <summary>The agent that a session's full key belongs to, or null.</summary>
    public Agent? Of(string sessionKey) => Find(SessionKey.Agent(sessionKey));

    /// <summary>What all of them may call.</summary>
    public ToolPolicy Policy(IReadOnlyDictionary<string, ToolRules>? channels = null, IReadOnlyDictionary<string, ToolRules>? people = null) =>
        new(_agents.ToDictionary(a => a.Key, a => a.Value.Settings.Tools, StringComparer.Ordinal), channels, people);

    private static bool IsId(string id) =>
        id.Length is > 0 and <= 64 && char.IsAsciiLetterOrDigit(id[0]) && id.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');
}
