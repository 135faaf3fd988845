using System.Runtime.InteropServices;

namespace Models.Generation.Grammar.Matching;

/// <summary>
/// Finds the tokens that may come next. For tokens that stay inside one automaton it copies their set; only those that leave it are
/// walked with the stack. Reuses its buffers; not thread-safe.
/// </summary>
internal sealed class MaskBuilder(TokenConstraint constraint, PushdownMachine machine)
{
    private const int ManySteps = 1000; // some 100 microseconds
    private const int MaxSteps = 5_000_000; // some seconds, on a small machine

    private readonly List<ConfigurationSet> _sets = []; // by depth of the walk
    private readonly List<List<int>> _nodes = [];       // likewise: nodes of the trie
    private readonly List<long> _children = [];         // a stack of nodes, each with the byte that leads to it
    private long _lastStep;

    /// <summary>Sets the bits of the tokens that may come next; the mask is clear.</summary>
    public void Fill(ParserState state, Span<ulong> mask)
    {
        if (constraint.Masks.TryCopy(state, mask))
            return;
        var steps = machine.Steps;
        _lastStep = steps + MaxSteps;
        _children.Clear();
        FillAnew(state, mask);
        if (machine.Steps - steps > ManySteps)
            constraint.Masks.Add(state, mask);
    }

    /// <summary>Whether some token goes on from a node of the trie.</summary>
    public bool AnyUnder(int node, ReadOnlySpan<Configuration> configurations) => AnyUnder(node, configurations, 0);

    private void FillAnew(ParserState state, Span<ulong> mask)
    {
        foreach (ref readonly var configuration in state.Configurations)
            Add(configuration, mask);
        if (!state.CanEnd)
            return;
        foreach (var token in constraint.Vocabulary.EndTokens)
            Set(mask, token);
    }

    private void Add(in Configuration configuration, Span<ulong> mask)
    {
        if (machine.Special(configuration) is >= 0 and var special)
            Set(mask, special);
        if (machine.IsSpecialOnly(configuration))
            return;
        var sets = constraint.TokenSetsOf(configuration);
        sets.AddTo(mask, configuration.UnitsLeft, configuration.UnitsMissing);
        if (!sets.HasExits)
            return;
        var (returned, next, nodes) = (SetAt(0), SetAt(1), NodesAt(1));
        machine.Return(configuration.Tail, returned);
        if (returned.Items.IsEmpty)
            return;
        for (var label = 0; label < 256; label++)
        {
            var exits = sets.ExitsBy((byte)label);
            if (exits.IsEmpty || !machine.Step(returned.Items, (byte)label, next))
                continue;
            nodes.Clear();
            foreach (var (node, units) in exits)
            {
                if (units <= configuration.UnitsLeft && units >= configuration.UnitsMissing)
                    nodes.Add(node);
            }
            AddTokens(nodes, next.Items, mask, 2);
        }
    }

    // Many tokens leave an automaton in different places and go on alike (_", and .", and x",): all nodes reached by the same bytes since
    // are walked together, so the stack is stepped once for them all.
    private void AddTokens(List<int> nodes, ReadOnlySpan<Configuration> configurations, Span<ulong> mask, int depth)
    {
        if (machine.Steps > _lastStep)
            throw new GrammarException("The grammar is too ambiguous: finding the tokens that may come next takes too long. Make its alternatives begin differently.");
        var trie = constraint.Vocabulary.Trie;
        var children = _children.Count;
        foreach (var node in nodes)
        {
            for (var token = trie.Token(node); token >= 0; token = trie.NextOfSame(token))
                Set(mask, token);
            for (var child = node + 1; child < trie.End(node); child = trie.End(child))
                _children.Add((long)trie.Label(child) << 32 | (uint)child);
        }
        var end = _children.Count;
        if (nodes.Count > 1)
            CollectionsMarshal.AsSpan(_children)[children..].Sort();
        var (next, alike) = (SetAt(depth), NodesAt(depth));
        for (var i = children; i < end;)
        {
            var label = (byte)(_children[i] >> 32);
            alike.Clear();
            for (; i < end && (byte)(_children[i] >> 32) == label; i++)
                alike.Add((int)_children[i]);
            if (machine.Step(configurations, label, next))
                AddTokens(alike, next.Items, mask, depth + 1);
        }
        _children.RemoveRange(children, end - children);
    }

    private bool AnyUnder(int node, ReadOnlySpan<Configuration> configurations, int depth)
    {
        var trie = constraint.Vocabulary.Trie;
        var next = SetAt(depth);
        for (var child = node + 1; child < trie.End(node); child = trie.End(child))
        {
            if (machine.Step(configurations, trie.Label(child), next) && (trie.Token(child) >= 0 || AnyUnder(child, next.Items, depth + 1)))
                return true;
        }
        return false;
    }

    private ConfigurationSet SetAt(int depth)
    {
        while (_sets.Count <= depth)
            _sets.Add(new());
        return _sets[depth];
    }

    private List<int> NodesAt(int depth)
    {
        while (_nodes.Count <= depth)
            _nodes.Add([]);
        return _nodes[depth];
    }

    private static void Set(Span<ulong> mask, int token) => mask[token >> 6] |= 1UL << token;
}
