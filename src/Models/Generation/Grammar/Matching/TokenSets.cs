using System.Numerics;
using System.Runtime.InteropServices;
using Models.Generation.Grammar.Automata;

namespace Models.Generation.Grammar.Matching;

/// <summary>
/// What the vocabulary can do from one state of an automaton, whatever follows the automaton in a grammar: the tokens that stay inside
/// it, by the units they begin, and the places where a token leaves it with bytes to spare. (XGrammar, Dong and others, 2024, splits
/// tokens likewise into those that need the stack and those that do not.) Immutable.
/// </summary>
internal sealed class TokenSets
{
    private const int MaxSparse = 1024;

    private readonly ulong[][] _levels; // by units begun at most: the tokens as bits; empty where there are few
    private readonly (int Token, int Units)[] _tokens; // where there are few
    private readonly (int Token, int Units)[] _closing; // those that end what is counted, which may be too early
    private readonly (int Node, int Units)[] _exits; // a token has left and goes on: the node after its next byte, and the units before it
    private readonly int[] _exitsByLabel;            // where the exits by each next byte begin

    private TokenSets(ulong[][] levels, (int, int)[] tokens, (int, int)[] closing, List<(int Node, int Units)>[] exits)
    {
        (_levels, _tokens, _closing) = (levels, tokens, closing);
        _exits = [.. exits.Where(list => list is not null).SelectMany(list => list)];
        _exitsByLabel = new int[257];
        for (var label = 0; label < 256; label++)
            _exitsByLabel[label + 1] = _exitsByLabel[label] + (exits[label]?.Count ?? 0);
    }

    /// <summary>Whether any token leaves the automaton with bytes to spare.</summary>
    public bool HasExits => _exits.Length > 0;

    /// <summary>The memory that they hold.</summary>
    public long Bytes => _levels.Distinct().Sum(level => level.Length * 8L) + (_tokens.Length + _closing.Length) * 8L + _exits.Length * 8L + 1028;

    /// <summary>Walks the tokens through the automaton.</summary>
    public static TokenSets Collect(ByteAutomaton automaton, int state, TokenTrie trie)
    {
        List<(int Token, int Units)> tokens = [], closing = [];
        var exits = new List<(int Node, int Units)>[256];
        var path = new (int State, int Units, int End)[trie.Depth + 1];
        path[0] = (state, 0, trie.Count);
        var depth = 0;
        for (var node = 1; node < trie.Count;)
        {
            while (node >= path[depth].End)
                depth--;
            var (from, begun, _) = path[depth];
            var next = automaton.Next(from, trie.Label(node));
            var end = trie.End(node);
            if (next == ByteAutomaton.Dead)
            {
                node = end;
                continue;
            }
            var isAccepting = automaton.IsAccepting(next);
            var isCounted = from == automaton.UnitState;
            if (isCounted && !isAccepting)
                begun++;
            for (var token = trie.Token(node); token >= 0; token = trie.NextOfSame(token))
                (isCounted && isAccepting ? closing : tokens).Add((token, begun));
            if (isAccepting)
            {
                for (var child = node + 1; child < end; child = trie.End(child))
                    (exits[trie.Label(child)] ??= []).Add((child, begun));
            }
            path[++depth] = (next, begun, end);
            node++;
        }
        return tokens.Count <= MaxSparse
            ? new([], [.. tokens], [.. closing], exits)
            : new(Levels(tokens), [], [.. closing], exits);
    }

    /// <summary>The places where a token leaves the automaton and goes on by a byte.</summary>
    public ReadOnlySpan<(int Node, int Units)> ExitsBy(byte label) => _exits.AsSpan(_exitsByLabel[label].._exitsByLabel[label + 1]);

    /// <summary>Adds to a mask the tokens that begin at most so many units, and at least so many if they end what is counted.</summary>
    public void AddTo(Span<ulong> mask, int unitsLeft, int unitsMissing)
    {
        foreach (var (token, units) in _closing)
        {
            if (units <= unitsLeft && units >= unitsMissing)
                mask[token >> 6] |= 1UL << token;
        }
        foreach (var (token, units) in _tokens)
        {
            if (units <= unitsLeft)
                mask[token >> 6] |= 1UL << token;
        }
        if (_levels.Length == 0)
            return;
        var level = _levels[Math.Min(unitsLeft, _levels.Length - 1)].AsSpan();
        var wide = MemoryMarshal.Cast<ulong, Vector<ulong>>(level);
        var wideMask = MemoryMarshal.Cast<ulong, Vector<ulong>>(mask[..level.Length]);
        for (var i = 0; i < wide.Length; i++)
            wideMask[i] |= wide[i];
        for (var i = wide.Length * Vector<ulong>.Count; i < level.Length; i++)
            mask[i] |= level[i];
    }

    // A level holds the tokens of the level below it too; levels that add none are the same array.
    private static ulong[][] Levels(List<(int Token, int Units)> tokens)
    {
        var (words, count) = (0, 0);
        foreach (var (token, units) in tokens)
            (words, count) = (Math.Max(words, (token >> 6) + 1), Math.Max(count, units + 1));
        var levels = new ulong[]?[count];
        foreach (var (token, units) in tokens)
            (levels[units] ??= new ulong[words])[token >> 6] |= 1UL << token;
        levels[0] ??= new ulong[words];
        for (var i = 1; i < count; i++)
        {
            if (levels[i] is not { } level)
            {
                levels[i] = levels[i - 1];
                continue;
            }
            for (var word = 0; word < words; word++)
                level[word] |= levels[i - 1]![word];
        }
        return levels!;
    }
}
