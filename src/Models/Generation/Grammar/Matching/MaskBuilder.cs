namespace Models.Generation.Grammar.Matching;

/// <summary>
/// Finds the tokens that may come next. For tokens that stay inside one automaton it copies their set; only those that leave it are
/// walked with the stack. Reuses its buffers; not thread-safe.
/// </summary>
internal sealed class MaskBuilder(TokenConstraint constraint, PushdownMachine machine)
{
    private readonly List<ConfigurationSet> _sets = []; // by depth of the walk

    /// <summary>Sets the bits of the tokens that may come next; the mask is clear.</summary>
    public void Fill(ParserState state, Span<ulong> mask)
    {
        foreach (ref readonly var configuration in state.Configurations)
            Add(configuration, mask);
        if (!state.CanEnd)
            return;
        foreach (var token in constraint.Vocabulary.EndTokens)
            Set(mask, token);
    }

    /// <summary>Whether some token goes on from a node of the trie.</summary>
    public bool AnyUnder(int node, ReadOnlySpan<Configuration> configurations) => AnyUnder(node, configurations, 0);

    private void Add(in Configuration configuration, Span<ulong> mask)
    {
        if (machine.Special(configuration) is >= 0 and var special)
            Set(mask, special);
        if (machine.IsSpecialOnly(configuration))
            return;
        var sets = constraint.TokenSetsOf(configuration);
        sets.AddTo(mask, configuration.UnitsLeft, configuration.UnitsMissing);
        var exits = sets.Exits;
        if (exits.IsEmpty)
            return;
        var returned = SetAt(0);
        machine.Return(configuration.Tail, returned);
        var stepped = SetAt(1);
        for (var i = 0; i < exits.Length; )
        {
            var label = exits[i].Label;
            var isRead = machine.Step(returned.Items, label, stepped);
            for (; i < exits.Length && exits[i].Label == label; i++)
            {
                if (isRead && exits[i].Units <= configuration.UnitsLeft && exits[i].Units >= configuration.UnitsMissing)
                    AddUnder(exits[i].Node, stepped, mask, 2);
            }
        }
    }

    private void AddUnder(int node, ConfigurationSet set, Span<ulong> mask, int depth)
    {
        var trie = constraint.Vocabulary.Trie;
        for (var token = trie.Token(node); token >= 0; token = trie.NextOfSame(token))
            Set(mask, token);
        var end = trie.End(node);
        if (node + 1 == end)
            return;
        var next = SetAt(depth);
        for (var child = node + 1; child < end; child = trie.End(child))
        {
            if (machine.Step(set.Items, trie.Label(child), next))
                AddUnder(child, next, mask, depth + 1);
        }
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

    private static void Set(Span<ulong> mask, int token) => mask[token >> 6] |= 1UL << token;
}
