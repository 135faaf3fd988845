namespace Models.Tokens.Subwords;

/// <summary>A binary min-heap of (rank, position): the lowest rank first, then the lowest position.</summary>
internal sealed class PriorityHeap
{
    private ulong[] _items = new ulong[64];
    private int _count;

    /// <summary>Adds a pair; both numbers are not negative.</summary>
    public void Push(int rank, int position)
    {
        if (_count == _items.Length)
            Array.Resize(ref _items, 2 * _count);
        var item = (ulong)(uint)rank << 32 | (uint)position;
        var hole = _count++;
        for (var parent = (hole - 1) / 2; hole > 0 && _items[parent] > item; parent = (hole - 1) / 2)
        {
            _items[hole] = _items[parent];
            hole = parent;
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
        for (var child = 1; child < _count; child = 2 * hole + 1)
        {
            if (child + 1 < _count && _items[child + 1] < _items[child])
                child++;
            if (_items[child] >= item)
                break;
            _items[hole] = _items[child];
            hole = child;
        }
        _items[hole] = item;
        return true;
    }
}
