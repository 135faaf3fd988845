namespace Models.Tokens.Subwords;

/// <summary>
/// The symbols of one word while byte-pair encoding merges them: a linked list in arrays and a heap of the pairs that can merge,
/// so that a word of n symbols takes O(n log n) however long it is. Reused from word to word; not safe for several threads.
/// </summary>
internal sealed class SymbolChain(MergeTable merges)
{
    private const int None = -1;

    private int[] _ids = new int[64];
    private int[] _previous = new int[64];
    private int[] _next = new int[64];
    private int[] _ranks = new int[64]; // of the pair that starts here, None where it does not merge
    private int _count;
    private readonly PriorityHeap _pairs = new();

    /// <summary>Starts the next word.</summary>
    public void Clear() => _count = 0;

    /// <summary>Appends a symbol.</summary>
    public void Add(int id)
    {
        if (_count == _ids.Length)
        {
            Array.Resize(ref _ids, 2 * _count);
            Array.Resize(ref _previous, 2 * _count);
            Array.Resize(ref _next, 2 * _count);
            Array.Resize(ref _ranks, 2 * _count);
        }
        _ids[_count++] = id;
    }

    /// <summary>Merges by rank, leftmost first among equals (Sennrich et al. 2016), and appends what remains.</summary>
    public void MergeInto(List<int> output)
    {
        if (_count == 0)
            return;
        for (var i = 0; i < _count; i++)
        {
            _previous[i] = i - 1;
            _next[i] = i + 1 < _count ? i + 1 : None;
            Rank(i);
        }
        while (_pairs.TryPop(out var rank, out var at))
            if (_ranks[at] == rank) // else a merge beside it has changed the pair since
                Merge(at, rank);
        for (var i = 0; i != None; i = _next[i])
            output.Add(_ids[i]);
    }

    private void Merge(int at, int rank)
    {
        var right = _next[at];
        _ids[at] = merges.Result(rank);
        _ranks[right] = None;
        _next[at] = _next[right];
        if (_next[at] != None)
            _previous[_next[at]] = at;
        Rank(at);
        if (_previous[at] != None)
            Rank(_previous[at]);
    }

    private void Rank(int at)
    {
        _ranks[at] = _next[at] == None ? None : merges.Rank(_ids[at], _ids[_next[at]]);
        if (_ranks[at] != None)
            _pairs.Push(_ranks[at], at);
    }
}
