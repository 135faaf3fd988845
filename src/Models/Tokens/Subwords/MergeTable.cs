using System.Numerics;

namespace Models.Tokens.Subwords;

/// <summary>The merges of byte-pair encoding by rank: which pair of neighbours becomes which token. Immutable once filled.</summary>
internal sealed class MergeTable
{
    // Odd and random per process: multiply-shift hashing that a hostile file cannot aim collisions at.
    private static readonly ulong Multiplier = (ulong)Random.Shared.NextInt64() << 1 | 1;

    private readonly List<(int Left, int Right, int Result)> _merges;
    private readonly int[] _slots; // open addressing: rank + 1, or 0
    private readonly int _shift;

    /// <summary>Creates an empty table for this many merges at most.</summary>
    public MergeTable(int capacity)
    {
        _merges = new(capacity);
        _slots = new int[BitOperations.RoundUpToPowerOf2((uint)capacity * 3 / 2 + 2)];
        _shift = 64 - BitOperations.Log2((uint)_slots.Length);
    }

    /// <summary>Adds the merge of the next rank. Of two equal pairs the later one counts.</summary>
    public void Add(int left, int right, int result)
    {
        _merges.Add((left, right, result));
        _slots[FindSlot(left, right)] = _merges.Count;
    }

    /// <summary>The rank of a pair, or -1 where it does not merge. The lowest rank merges first.</summary>
    public int Rank(int left, int right) => _slots[FindSlot(left, right)] - 1;

    /// <summary>The token a merge makes.</summary>
    public int Result(int rank) => _merges[rank].Result;

    private int FindSlot(int left, int right)
    {
        var key = (ulong)(uint)left << 32 | (uint)right;
        var slot = (int)(key * Multiplier >> _shift);
        while (_slots[slot] != 0 && (_merges[_slots[slot] - 1].Left != left || _merges[_slots[slot] - 1].Right != right))
            slot = (slot + 1) & (_slots.Length - 1);
        return slot;
    }
}
