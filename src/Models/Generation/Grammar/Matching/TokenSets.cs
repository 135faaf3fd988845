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
    private readonly int[] _tokens, _units; // where there are few
    private readonly Exit[] _exits;

    private TokenSets(ulong[][] levels, int[] tokens, int[] units, Exit[] exits) => (_levels, _tokens, _units, _exits) = (levels, tokens, units, exits);

    /// <summary>The places where tokens leave the automaton, ordered by the next byte.</summary>
    public ReadOnlySpan<Exit> Exits => _exits;

    /// <summary>The memory that they hold.</summary>
    public long Bytes => _levels.Distinct().Sum(level => level.Length * 8L) + _tokens.Length * 8L + _exits.Length * 12L;

    /// <summary>Walks the tokens through the automaton.</summary>
    public static TokenSets Collect(ByteAutomaton automaton, int state, TokenTrie trie)
    {
        List<int> tokens = [], units = [];
        List<Exit> exits = [];
        var path = new (int State, int Units, int End)[trie.Depth + 1];
        path[0] = (state, 0, trie.Count);
        var depth = 0;
        for (var node = 1; node < trie.Count; )
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
            if (from == automaton.UnitState && !isAccepting)
                begun++;
            for (var token = trie.Token(node); token >= 0; token = trie.NextOfSame(token))
            {
                tokens.Add(token);
                units.Add(begun);
            }
            if (isAccepting)
            {
                for (var child = node + 1; child < end; child = trie.End(child))
                    exits.Add(new(child, begun, trie.Label(child)));
            }
            path[++depth] = (next, begun, end);
            node++;
        }
        exits.Sort((x, y) => x.Label != y.Label ? x.Label.CompareTo(y.Label) : x.Node.CompareTo(y.Node));
        return tokens.Count <= MaxSparse
            ? new([], [.. tokens], [.. units], [.. exits])
            : new(Levels(tokens, units), [], [], [.. exits]);
    }

    /// <summary>Adds to a mask the tokens that begin at most so many units.</summary>
    public void AddTo(Span<ulong> mask, int units)
    {
        if (_levels.Length == 0)
        {
            for (var i = 0; i < _tokens.Length; i++)
            {
                if (_units[i] <= units)
                    mask[_tokens[i] >> 6] |= 1UL << _tokens[i];
            }
            return;
        }
        var level = _levels[Math.Min(units, _levels.Length - 1)].AsSpan();
        var wide = MemoryMarshal.Cast<ulong, Vector<ulong>>(level);
        var wideMask = MemoryMarshal.Cast<ulong, Vector<ulong>>(mask[..level.Length]);
        for (var i = 0; i < wide.Length; i++)
            wideMask[i] |= wide[i];
        for (var i = wide.Length * Vector<ulong>.Count; i < level.Length; i++)
            mask[i] |= level[i];
    }

    private static ulong[][] Levels(List<int> tokens, List<int> units)
    {
        var levels = new ulong[units.Max() + 1][];
        var byUnits = tokens.Zip(units).ToLookup(pair => pair.Second, pair => pair.First);
        var current = new ulong[(tokens.Max() >> 6) + 1];
        for (var level = 0; level < levels.Length; level++)
        {
            if (byUnits.Contains(level))
            {
                current = [.. current];
                foreach (var token in byUnits[level])
                    current[token >> 6] |= 1UL << token;
            }
            levels[level] = current;
        }
        return levels;
    }

    /// <summary>A token has left the automaton and goes on.</summary>
    /// <param name="Node">The node of the trie after the next byte.</param>
    /// <param name="Units">The units begun before that.</param>
    /// <param name="Label">The next byte.</param>
    internal readonly record struct Exit(int Node, int Units, byte Label);
}
