using System.Numerics;
using Models.Crypto;

namespace Runtime.Audit.Merkle;

/// <summary>Tree hashes and proofs as in RFC 6962, section 2.1. Pure; safe for several threads.</summary>
internal static class MerkleTree
{
    /// <summary>Hash of a leaf's data.</summary>
    public static byte[] Leaf(ReadOnlySpan<byte> data) => Sha256.Hash([0, .. data]);

    /// <summary>Hash of two subtrees.</summary>
    public static byte[] Node(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        Span<byte> both = stackalloc byte[1 + 2 * Sha256.Size];
        both[0] = 1;
        left.CopyTo(both[1..]);
        right.CopyTo(both[(1 + Sha256.Size)..]);
        return Sha256.Hash(both);
    }

    /// <summary>The hashes that lead from leaf <paramref name="index"/> of <paramref name="size"/> to the root (PATH of RFC 6962).</summary>
    /// <param name="index">The leaf.</param>
    /// <param name="size">Leaves of the tree.</param>
    /// <param name="range">Tree hash of so many leaves from a place on.</param>
    public static IReadOnlyList<byte[]> Inclusion(long index, long size, Func<long, long, byte[]> range)
    {
        var path = new List<byte[]>();
        Walk(0, size);
        return path;

        void Walk(long start, long count)
        {
            if (count == 1) return;
            var left = Split(count);
            if (index - start < left)
            {
                Walk(start, left);
                path.Add(range(start + left, count - left));
            }
            else
            {
                Walk(start + left, count - left);
                path.Add(range(start, left));
            }
        }
    }

    /// <summary>True where the path leads from the leaf to the root.</summary>
    public static bool Includes(long index, long size, byte[] leaf, IReadOnlyList<byte[]> path, byte[] root)
    {
        if (index < 0 || index >= size) return false;
        var (node, last, hash) = (index, size - 1, leaf);
        foreach (var other in path)
        {
            if (last == 0) return false;
            if ((node & 1) == 1 || node == last)
            {
                hash = Node(other, hash);
                while ((node & 1) == 0 && node != 0) (node, last) = (node >> 1, last >> 1);
            }
            else hash = Node(hash, other);
            (node, last) = (node >> 1, last >> 1);
        }
        return last == 0 && hash.AsSpan().SequenceEqual(root);
    }

    /// <summary>The hashes that show that the first <paramref name="earlier"/> leaves are still the beginning (PROOF of RFC 6962).</summary>
    public static IReadOnlyList<byte[]> Consistency(long earlier, long size, Func<long, long, byte[]> range)
    {
        var proof = new List<byte[]>();
        if (earlier > 0 && earlier < size) Walk(earlier, 0, size, true);
        return proof;

        void Walk(long count, long start, long all, bool whole)
        {
            if (count == all)
            {
                if (!whole) proof.Add(range(start, all));
                return;
            }
            var left = Split(all);
            if (count <= left)
            {
                Walk(count, start, left, whole);
                proof.Add(range(start + left, all - left));
            }
            else
            {
                Walk(count - left, start + left, all - left, false);
                proof.Add(range(start, left));
            }
        }
    }

    /// <summary>True where the proof shows that the tree of the first root is the beginning of the tree of the second.</summary>
    public static bool Extends(long earlier, long size, byte[] earlierRoot, byte[] root, IReadOnlyList<byte[]> proof)
    {
        if (earlier < 0 || earlier > size) return false;
        if (earlier == size) return proof.Count == 0 && earlierRoot.AsSpan().SequenceEqual(root);
        if (earlier == 0) return proof.Count == 0;
        // RFC 9162, section 2.1.4.2.
        var hashes = new Queue<byte[]>(proof);
        var (node, last) = (earlier - 1, size - 1);
        while ((node & 1) == 1) (node, last) = (node >> 1, last >> 1);
        byte[] before;
        if (BitOperations.IsPow2(earlier)) before = earlierRoot;
        else if (!hashes.TryDequeue(out before!)) return false;
        var after = before;
        while (hashes.TryDequeue(out var hash))
        {
            if (last == 0) return false;
            if ((node & 1) == 1 || node == last)
            {
                before = Node(hash, before);
                after = Node(hash, after);
                while ((node & 1) == 0 && node != 0) (node, last) = (node >> 1, last >> 1);
            }
            else after = Node(after, hash);
            (node, last) = (node >> 1, last >> 1);
        }
        return last == 0 && before.AsSpan().SequenceEqual(earlierRoot) && after.AsSpan().SequenceEqual(root);
    }

    /// <summary>The largest power of two below <paramref name="count"/>.</summary>
    public static long Split(long count) => 1L << BitOperations.Log2((ulong)(count - 1));
}
