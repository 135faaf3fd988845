using System.Collections.Concurrent;
using Models;
using Runtime.Sessions;
using Runtime.Tools.Policy;

namespace Runtime.Agents;

/// <summary>The agents of this box. Safe for several threads; whoever has read an agent from it keeps what it was.</summary>
public sealed class AgentBook
{
    private readonly Lock _lock = new();
    private readonly string _home;
    private readonly TimeProvider _time;
    private readonly Func<string, bool>? _hasSetting;

    // By id, for as long as the process lives: an agent that is taken away and comes back has one writer to its transcripts.
    private readonly Dictionary<string, SessionStore> _stores = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, ToolRules> _rules = new(StringComparer.Ordinal);
    private volatile IReadOnlyList<Agent> _agents = [];

    /// <summary>The agents of these settings, with their state under a home folder; the first is the default. None means one, <c>main</c>.</summary>
    /// <param name="home">The home folder.</param>
    /// <param name="settings">What their owner set.</param>
    /// <param name="time">The clock.</param>
    /// <param name="hasSetting">True for a setting of the box (<c>a.b</c>) that is neither absent, false nor empty; null for none. Skills may need some.</param>
    /// <exception cref="ModelException">An id is not one, or is there twice.</exception>
    public AgentBook(string home, IReadOnlyList<AgentSettings> settings, TimeProvider time, Func<string, bool>? hasSetting = null)
    {
        (_home, _time, _hasSetting) = (home, time, hasSetting);
        Sessions = new AgentSessions(this);
        Set(settings);
    }

    /// <summary>Hears of a helper's session that is gone because of its age: its key.</summary>
    public event Action<string>? HelperGone;

    /// <summary>The agent for whoever names none.</summary>
    public Agent Default => _agents[0];

    /// <summary>All, the default one first.</summary>
    public IReadOnlyList<Agent> All => _agents;

    /// <summary>The sessions of all of them.</summary>
    public AgentSessions Sessions { get; }

    /// <summary>The agent of that id, or null.</summary>
    public Agent? Find(string id) => _agents.FirstOrDefault(agent => agent.Id == id);

    /// <summary>The agent that a session's full key belongs to, or null.</summary>
    public Agent? Of(string sessionKey) => Find(SessionKey.Agent(sessionKey));

    /// <summary>Puts other settings in the place of those before. Turns that run end as what they began as; files of agents that go stay.</summary>
    /// <exception cref="ModelException">An id is not one, or is there twice; nothing is changed.</exception>
    public void Set(IReadOnlyList<AgentSettings> settings)
    {
        lock (_lock)
        {
            List<Agent> agents = [];
            foreach (var one in settings.Count > 0 ? settings : [new AgentSettings()])
            {
                if (!IsId(one.Id)) throw new ModelException($"\"{one.Id}\" is not an agent's id: up to 64 letters, digits, - and _, beginning with a letter or digit.");
                if (agents.Any(agent => agent.Id == one.Id)) throw new ModelException($"There are two agents with the id {one.Id}.");
                if (!_stores.TryGetValue(one.Id, out var store)) _stores[one.Id] = store = NewStore(one.Id);
                store.Helpers = one.Helpers;
                agents.Add(new Agent(one, _home, store, _hasSetting));
            }
            foreach (var agent in agents) _rules[agent.Id] = agent.Settings.Tools;
            foreach (var gone in _rules.Keys.Except(agents.Select(agent => agent.Id)).ToArray()) _rules.TryRemove(gone, out _);
            _agents = agents;
        }
    }

    private SessionStore NewStore(string id)
    {
        var store = new SessionStore(Path.Combine(_home, "agents", id, "sessions"), _time);
        store.HelperGone += key => HelperGone?.Invoke(key);
        return store;
    }

    /// <summary>Sets the folder of an agent that was taken away aside: nothing in it is found any more. Returns where it is, or null where there was none.</summary>
    /// <exception cref="ModelException">The agent is there.</exception>
    /// <exception cref="IOException">It cannot be moved.</exception>
    public string? SetAside(string id)
    {
        lock (_lock)
        {
            if (!IsId(id) || Find(id) is not null) throw new ModelException($"The agent {id} is in use.");
            _stores.Remove(id);
            var folder = Path.Combine(_home, "agents", id);
            if (!Directory.Exists(folder)) return null;
            var aside = $"{folder}.deleted.{_time.GetUtcNow().ToUnixTimeMilliseconds()}";
            Directory.Move(folder, aside);
            return aside;
        }
    }

    /// <summary>What all of them may call; changes with their settings.</summary>
    public ToolPolicy Policy(IReadOnlyDictionary<string, ToolRules>? channels = null, Func<string, ToolRules>? people = null) =>
        new(_rules, channels, people);

    private static bool IsId(string id) =>
        id.Length is > 0 and <= 64 && char.IsAsciiLetterOrDigit(id[0]) && id.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');
}
