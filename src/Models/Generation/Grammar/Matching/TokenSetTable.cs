using Models.Generation.Grammar.Automata;

namespace Models.Generation.Grammar.Matching;

/// <summary>The token sets of an automaton's states, each worked out when it is first asked for. Safe for several threads.</summary>
internal sealed class TokenSetTable(ByteAutomaton automaton, TokenTrie trie)
{
    private readonly TokenSets?[] _sets = new TokenSets?[automaton.StateCount];

    /// <summary>The token sets of a state. Two threads may both work them out; either result is good.</summary>
    /// <param name="state">The state.</param>
    /// <param name="added">The bytes that are held now and were not before.</param>
    public TokenSets Get(int state, out long added)
    {
        added = 0;
        if (Volatile.Read(ref _sets[state]) is { } known)
            return known;
        var sets = TokenSets.Collect(automaton, state, trie);
        added = sets.Bytes;
        Volatile.Write(ref _sets[state], sets);
        return sets;
    }

    /// <summary>Forgets them all.</summary>
    public void Clear() => Array.Clear(_sets);
}
