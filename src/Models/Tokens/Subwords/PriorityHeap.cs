namespace Models.Tokens.Subwords;

/// <summary>A min-heap of (rank, position): the lowest rank first, then the lowest position. Four children each: half the cache misses of two.</summary>
internal sealed class PriorityHeap
{
    private const int Children = 4;

    private ulong[] _items = new ulong[64];
    private int _count;

    /// <summary>Adds a pair; both numbers are not negative.</summary>
    public void Push(int rank, int position)
    {
        if (_count == _items.Length)
            Array.Resize(ref _items, 2 * _count);
        var item = ((ulong)(uint)rank << 32) | (uint)position;
        var hole = _count++;
        while (hole > 0 && _items[(hole - 1) / Children] > item)
        {
            _items[hole] = _items[(hole - 1) / Children];
            hole = (hole - 1) / Children;
        }
        _items[hole] = item;
    }

    /// <summary>Removes the smallest pair.</summary>
    public bool TryPop(out int rank, out int position)
    {
        (rank, position) = (0, 0);
        if (_count == 0)
            return false;
        (rank, position) = ((int)(_items[0] >> 32), (int)_items[0]);
        var item = _items[--_count];
        var hole = 0;
        while (SmallestChild(hole) is var child && child < _count && _items[child] < item)
        {
            _items[hole] = _items[child];
            hole = child;
        }
        _items[hole] = item;
        return true;
    }

    private int SmallestChild(int parent)
    {
        var smallest = (Children * parent) + 1;
        for (var child = smallest + 1; child <= (Children * parent) + Children && child < _count; child++)
            if (_items[child] < _items[smallest])
                smallest = child;
        return smallest;
    }
}
