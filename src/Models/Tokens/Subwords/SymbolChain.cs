namespace Models.Tokens.Subwords;

/// <summary>
/// The symbols of one word while byte-pair encoding merges them: a linked list in an array and a heap of the pairs that can merge,
/// so that a word of n symbols takes O(n log n) however long it is. Reused from word to word; not safe for several threads.
/// </summary>
internal sealed class SymbolChain(MergeTable merges)
{
    private const int None = -1;

    private Symbol[] _symbols = new Symbol[64];
    private int _count;
    private readonly PriorityHeap _pairs = new();

    /// <summary>Starts the next word.</summary>
    public void Clear() => _count = 0;

    /// <summary>Appends a symbol.</summary>
    public void Add(int id)
    {
        if (_count == _symbols.Length)
            Array.Resize(ref _symbols, 2 * _count);
        _symbols[_count] = new() { Id = id, Previous = _count - 1 };
        _count++;
    }

    /// <summary>Merges by rank, leftmost first among equals (Sennrich et al. 2016), and appends what remains.</summary>
    public void MergeInto(List<int> output)
    {
        if (_count == 0)
            return;
        for (var i = 0; i < _count; i++)
        {
            _symbols[i].Next = i + 1 < _count ? i + 1 : None;
            Rank(i);
        }
        while (_pairs.TryPop(out var rank, out var at))
            if (_symbols[at].Rank == rank) // else a merge beside it has changed the pair since
                Merge(at, rank);
        for (var i = 0; i != None; i = _symbols[i].Next)
            output.Add(_symbols[i].Id);
    }

    private void Merge(int at, int rank)
    {
        ref var left = ref _symbols[at];
        ref var right = ref _symbols[left.Next];
        left.Id = merges.Result(rank);
        left.Next = right.Next;
        right.Rank = None;
        if (left.Next != None)
            _symbols[left.Next].Previous = at;
        Rank(at);
        if (left.Previous != None)
            Rank(left.Previous);
    }

    private void Rank(int at)
    {
        ref var symbol = ref _symbols[at];
        symbol.Rank = symbol.Next == None ? None : merges.Rank(symbol.Id, _symbols[symbol.Next].Id);
        if (symbol.Rank != None)
            _pairs.Push(symbol.Rank, at);
    }

    private struct Symbol
    {
        public int Id;
        public int Previous;
        public int Next;
        public int Rank; // of the pair that begins here, None where it does not merge
    }
}
