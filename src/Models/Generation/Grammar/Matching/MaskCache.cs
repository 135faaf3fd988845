using System.Collections.Concurrent;

namespace Models.Generation.Grammar.Matching;

/// <summary>
/// The masks of states that took long to work out, as in an ambiguous grammar where every token may leave one automaton for another.
/// Bounded: when it is full, it begins anew. Safe for several threads.
/// </summary>
internal sealed class MaskCache
{
    private const int MaxMasks = 64;

    private readonly ConcurrentDictionary<ParserState, ulong[]> _masks = [];

    /// <summary>Writes the mask of a state, if it is known.</summary>
    public bool TryCopy(ParserState state, Span<ulong> mask)
    {
        if (_masks.IsEmpty || !_masks.TryGetValue(state, out var known))
            return false;
        known.CopyTo(mask);
        return true;
    }

    /// <summary>Keeps the mask of a state.</summary>
    public void Add(ParserState state, ReadOnlySpan<ulong> mask)
    {
        if (_masks.Count >= MaxMasks)
            _masks.Clear();
        _masks[state] = mask.ToArray();
    }
}
