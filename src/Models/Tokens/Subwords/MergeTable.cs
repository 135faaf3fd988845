using System.Numerics;

namespace Models.Tokens.Subwords;

/// <summary>The merges of byte-pair encoding by rank: which pair of neighbours becomes which token. Immutable and safe for several threads.</summary>
internal sealed class MergeTable
{
    // Odd and random per process: multiply-shift hashing, at which a hostile file cannot aim collisions.
    private static readonly ulong Multiplier = ((ulong)Random.Shared.NextInt64() << 1) | 1;

    private readonly Merge[] _merges;
    private readonly int[] _slots; // open addressing: rank + 1, or 0
    private readonly int _shift;

    /// <summary>Takes the merges in the order of their ranks. Of two equal pairs the later one counts.</summary>
    public MergeTable(List<Merge> merges)
    {
        _merges = [.. merges];
        _slots = new int[BitOperations.RoundUpToPowerOf2((uint)merges.Count * 3 / 2 + 2)];
        _shift = 64 - BitOperations.Log2((uint)_slots.Length);
        for (var rank = 0; rank < _merges.Length; rank++)
            _slots[FindSlot(_merges[rank].Left, _merges[rank].Right)] = rank + 1;
    }

    /// <summary>Two tokens that become one.</summary>
    internal readonly record struct Merge(int Left, int Right, int Result);

    /// <summary>The rank of a pair, or -1 where it does not merge. The lowest rank merges first.</summary>
    public int Rank(int left, int right) => _slots[FindSlot(left, right)] - 1;

    /// <summary>The token a merge makes.</summary>
    public int Result(int rank) => _merges[rank].Result;

    private int FindSlot(int left, int right)
    {
        var key = ((ulong)(uint)left << 32) | (uint)right;
        var slot = (int)((key * Multiplier) >> _shift);
        while (_slots[slot] != 0 && (_merges[_slots[slot] - 1].Left != left || _merges[_slots[slot] - 1].Right != right))
            slot = (slot + 1) & (_slots.Length - 1);
        return slot;
    }
}
