namespace Models.Generation.Grammar.Automata;

/// <summary>Collects states and byte-range transitions of a deterministic automaton and lays them out. The first state is the start.</summary>
internal sealed class ByteAutomatonBuilder(WorkBudget budget)
{
    private readonly List<(int From, byte Low, byte High, int To)> _edges = [];
    private readonly List<bool> _accepting = [];

    /// <summary>Adds a state and returns its number.</summary>
    public int AddState(bool accepting = false)
    {
        budget.Spend(1);
        _accepting.Add(accepting);
        return _accepting.Count - 1;
    }

    /// <summary>Makes a state accepting.</summary>
    public void Accept(int state) => _accepting[state] = true;

    /// <summary>Adds a transition on each byte of a range, ends included. Ranges of one state must not overlap.</summary>
    public void AddEdge(int from, int low, int high, int to) => _edges.Add((from, (byte)low, (byte)high, to));

    /// <summary>Lays out the automaton, cutting transitions after which nothing could be accepted any more.</summary>
    /// <param name="unitState">The state whose transitions begin a unit; -1 where nothing is counted.</param>
    /// <exception cref="GrammarException">The budget is spent.</exception>
    public ByteAutomaton Build(int unitState = -1)
    {
        var (classes, classCount) = Classes();
        budget.Spend((long)_accepting.Count * classCount);
        var distance = Distances();
        var next = new int[_accepting.Count * classCount];
        Array.Fill(next, ByteAutomaton.Dead);
        foreach (var (from, low, high, to) in _edges)
        {
            if (distance[to] == ByteAutomaton.Unreachable)
                continue;
            for (int c = classes[low]; c <= classes[high]; c++)
                next[from * classCount + c] = to;
        }
        return new(classes, classCount, next, [.. _accepting], distance, unitState);
    }

    // Bytes that no edge tells apart share a column of the table.
    private (byte[] Classes, int Count) Classes()
    {
        Span<bool> starts = stackalloc bool[257];
        foreach (var (_, low, high, _) in _edges)
            starts[low] = starts[high + 1] = true;
        var classes = new byte[256];
        var last = 0;
        for (var value = 1; value < 256; value++)
            classes[value] = (byte)(starts[value] ? ++last : last);
        return (classes, last + 1);
    }

    private int[] Distances()
    {
        var sources = _edges.ToLookup(edge => edge.To, edge => edge.From);
        var distance = new int[_accepting.Count];
        Array.Fill(distance, ByteAutomaton.Unreachable);
        var queue = new Queue<int>();
        for (var state = 0; state < distance.Length; state++)
        {
            if (!_accepting[state])
                continue;
            distance[state] = 0;
            queue.Enqueue(state);
        }
        while (queue.TryDequeue(out var state))
        {
            foreach (var source in sources[state])
            {
                if (distance[source] != ByteAutomaton.Unreachable)
                    continue;
                distance[source] = distance[state] + 1;
                queue.Enqueue(source);
            }
        }
        return distance;
    }
}
