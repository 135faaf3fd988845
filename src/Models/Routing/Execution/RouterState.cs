using Models.Routing.Health;

namespace Models.Routing.Execution;

/// <summary>What a router remembers of targets and conversations while it runs. Safe for several threads.</summary>
/// <param name="time">The clock.</param>
/// <param name="jitter">A number between 0 and 1, each time another.</param>
internal sealed class RouterState(TimeProvider time, Func<double> jitter)
{
    // The least recently used go first; their messages are looked at again, whoever they are.
    private const int MostConversations = 1000;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, TargetHealth> _health = new(StringComparer.Ordinal);
    private readonly Dictionary<string, LinkedListNode<Conversation>> _conversations = new(StringComparer.Ordinal);
    private readonly LinkedList<Conversation> _byUse = new();
    private long _calls, _hedges;

    /// <summary>How a target is.</summary>
    public TargetHealth Health(Target target)
    {
        lock (_lock)
        {
            if (!_health.TryGetValue(target.Name, out var health))
                _health[target.Name] = health = new TargetHealth(time, target.IsLocal ? TargetSpeed.LocalGuess : TargetSpeed.RemoteGuess, jitter, hasQueue: target.IsLocal);
            return health;
        }
    }

    /// <summary>Forgets how a target was; calls that are under way end as they began.</summary>
    public void Forget(string target)
    {
        lock (_lock) _health.Remove(target);
    }

    /// <summary>What a conversation was: who answered last, how many tokens it had then, and what was in it.</summary>
    public (string? Target, int Tokens, DataClass Data) Recall(string? conversation)
    {
        if (conversation is null) return default;
        lock (_lock) return _conversations.TryGetValue(conversation, out var node) ? (node.Value.Target, node.Value.Tokens, node.Value.Data) : default;
    }

    /// <summary>Remembers what a conversation is now. What was in it stays in it.</summary>
    public void Remember(string? conversation, string? target, int tokens, DataClass data)
    {
        if (conversation is null) return;
        lock (_lock)
        {
            if (_conversations.TryGetValue(conversation, out var node)) _byUse.Remove(node);
            else if (_conversations.Count == MostConversations)
            {
                _conversations.Remove(_byUse.First!.Value.Key);
                _byUse.RemoveFirst();
            }
            var old = node?.Value;
            _conversations[conversation] = _byUse.AddLast(new Conversation(conversation, target ?? old?.Target, target is null ? old?.Tokens ?? 0 : tokens, data | (old?.Data ?? DataClass.Public)));
        }
    }

    /// <summary>A call begins.</summary>
    public void CountCall()
    {
        lock (_lock) _calls++;
    }

    /// <summary>True where a second call may be made beside one that is slow: for one call in twenty at most.</summary>
    public bool TryHedge()
    {
        lock (_lock)
        {
            if ((_hedges + 1) * 20 > _calls) return false;
            _hedges++;
            return true;
        }
    }

    private sealed record Conversation(string Key, string? Target, int Tokens, DataClass Data);
}
