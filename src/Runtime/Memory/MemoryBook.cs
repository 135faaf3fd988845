using Models;
using Models.Embedding;
using Models.Store;
using Runtime.Agents;

namespace Runtime.Memory;

/// <summary>The memories of all agents, each opened when it is first used. Safe for several threads.</summary>
/// <param name="agents">The agents.</param>
/// <param name="home">Where the indexes go: <c>agents/ID/memory.sqlite</c> below it.</param>
/// <param name="embedder">Gives what turns texts into vectors.</param>
/// <param name="time">The clock.</param>
/// <param name="tell">Hears of a broken index.</param>
public sealed class MemoryBook(AgentBook agents, string home, Func<CancellationToken, Task<TextEmbedder>> embedder, TimeProvider time, Action<string> tell) : IDisposable
{
    private readonly Dictionary<string, AgentMemory> _open = new(StringComparer.Ordinal);

    /// <summary>An agent's memory.</summary>
    /// <exception cref="ModelException">There is no such agent.</exception>
    public AgentMemory Of(string id)
    {
        var agent = agents.Find(id) ?? throw new ModelException($"There is no agent {id}.");
        lock (_open)
        {
            if (_open.TryGetValue(id, out var memory)) return memory;
            HomeFolder.EnsureFolder(Path.Combine(home, "agents", id));
            return _open[id] = new AgentMemory(agent.Workspace, IndexOf(home, id), embedder, time, tell);
        }
    }

    /// <summary>How an agent's memory is, by its files.</summary>
    /// <exception cref="ModelException">There is no such agent, or its files cannot be read.</exception>
    public MemoryState StateOf(string id) => MemoryState.Read((agents.Find(id) ?? throw new ModelException($"There is no agent {id}.")).Workspace, IndexOf(home, id));

    /// <summary>Where the index of an agent's memory is.</summary>
    public static string IndexOf(string home, string id) => Path.Combine(home, "agents", id, "memory.sqlite");

    /// <summary>Closes an agent's memory, so that its files can be moved; it opens again when it is next used.</summary>
    public void Close(string id)
    {
        lock (_open)
        {
            if (_open.Remove(id, out var memory)) memory.Dispose();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_open)
        {
            foreach (var memory in _open.Values) memory.Dispose();
            _open.Clear();
        }
    }
}
