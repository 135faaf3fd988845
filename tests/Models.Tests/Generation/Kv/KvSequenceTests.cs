using System.Runtime.InteropServices;
using Models.Generation.Kv;
using Models.Onnx.Attention;

namespace Models.Tests.Generation.Kv;

/// <summary>Sequences, the prefix tree and the pool together, against a model of what they must do. A block's contents are its tokens.</summary>
public sealed unsafe class KvSequenceTests
{
    private static readonly KvLayout Layout = new(1, 1, 8, KvType.Float32);

    [Fact]
    public void Reuse_SameBeginning_SharesBlocksAndCopiesTheRest()
    {
        using var pool = new KvPool(Layout, 32);
        var tree = new PrefixTree(pool);
        int[] text = [.. Enumerable.Range(0, 100)];
        using (var first = new KvSequence(pool, tree, 512)) Extend(first, text);
        Assert.Equal(4, pool.Used);

        using var second = new KvSequence(pool, tree, 512);
        second.Reuse(text.AsSpan(0, 90));
        Assert.Equal(90, second.Length);
        // Two whole blocks are shared, the third is its own.
        Assert.Equal(5, pool.Used);
        Check(second, text.AsSpan(0, 90));
    }

    [Fact]
    public void Reuse_OtherContinuation_LeavesTheFirstAsItWas()
    {
        using var pool = new KvPool(Layout, 32);
        var tree = new PrefixTree(pool);
        int[] text = [.. Enumerable.Range(0, 50)], other = [.. text[..40], 1000, 1001, 1002];
        using (var first = new KvSequence(pool, tree, 512)) Extend(first, text);
        using (var second = new KvSequence(pool, tree, 512))
        {
            second.Reuse(other);
            Assert.Equal(40, second.Length);
            Extend(second, other.AsSpan(40));
            Check(second, other);
        }
        using var third = new KvSequence(pool, tree, 512);
        third.Reuse(text);
        Assert.Equal(50, third.Length);
        Check(third, text);
    }

    [Fact]
    public void TryReserve_PoolIsFull_EvictsWhatNobodyUsesAndNothingElse()
    {
        using var pool = new KvPool(Layout, 8);
        var tree = new PrefixTree(pool);
        int[] old = [.. Enumerable.Range(0, 96)], kept = [.. Enumerable.Range(500, 96)];
        using (var first = new KvSequence(pool, tree, 512)) Extend(first, old);
        using var second = new KvSequence(pool, tree, 512);
        Extend(second, kept);

        Assert.True(second.TryReserve(150));
        Assert.False(second.TryReserve(200));
        Check(second, kept);
        using var third = new KvSequence(pool, tree, 512);
        third.Reuse(old);
        Assert.Equal(0, third.Length);
    }

    [Fact]
    public void Dispose_MostRetained_KeepsTheMostRecent()
    {
        using var pool = new KvPool(Layout, 32);
        var tree = new PrefixTree(pool) { MostRetained = 3 };
        int[] early = [.. Enumerable.Range(0, 96)], late = [.. Enumerable.Range(500, 64)];
        using (var first = new KvSequence(pool, tree, 512)) Extend(first, early);
        using (var second = new KvSequence(pool, tree, 512)) Extend(second, late);
        Assert.Equal(3, pool.Used);
        using var third = new KvSequence(pool, tree, 512);
        third.Reuse(late);
        Assert.Equal(64, third.Length);
        pool.Trim(0);
        Assert.Equal(pool.Used, pool.Resident);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void AnyInterleaving_EverySequenceHoldsItsOwnTokensAndNothingLeaks(int seed)
    {
        var random = new Random(seed);
        using var pool = new KvPool(Layout, 40);
        var tree = new PrefixTree(pool);
        var live = new List<(KvSequence Sequence, List<int> Tokens)>();
        long reused = 0;
        for (var step = 0; step < 4000; step++)
        {
            if (live.Count < 4 && random.Next(3) == 0)
            {
                // Few different beginnings, so that many are shared, cut at any place.
                var text = Enumerable.Range(random.Next(3) * 1000, random.Next(1, 200)).Select(t => t + (t % 1000 > 120 ? random.Next(2) * 5000 : 0)).ToList();
                var sequence = new KvSequence(pool, tree, 1024);
                sequence.Reuse(CollectionsMarshal.AsSpan(text));
                reused += sequence.Length;
                var rest = CollectionsMarshal.AsSpan(text)[sequence.Length..];
                if (sequence.TryReserve(rest.Length)) Extend(sequence, rest);
                live.Add((sequence, [.. text.Take(sequence.Length)]));
            }
            if (live.Count == 0) continue;
            var (one, tokens) = live[random.Next(live.Count)];
            int[] more = [.. Enumerable.Range(0, random.Next(1, 40)).Select(_ => random.Next(3))];
            if (random.Next(4) > 0 && one.TryReserve(more.Length))
            {
                Extend(one, more);
                tokens.AddRange(more);
            }
            Check(one, CollectionsMarshal.AsSpan(tokens));
            if (random.Next(6) == 0)
            {
                one.Dispose();
                live.RemoveAll(pair => pair.Sequence == one);
            }
            Assert.InRange(pool.Used, 0, pool.Capacity);
        }
        Assert.True(reused > 1000);
        foreach (var (sequence, _) in live) sequence.Dispose();
        Assert.Equal(tree.Count, pool.Used);
        tree.MostRetained = 0;
        tree.Shrink();
        Assert.Equal((0, 0), (tree.Count, pool.Used));
    }

    // What an engine does: write the new tokens, here as they are, and commit them.
    internal static void Extend(KvSequence sequence, ReadOnlySpan<int> tokens)
    {
        Assert.True(sequence.TryReserve(tokens.Length));
        for (var i = 0; i < tokens.Length; i++)
        {
            var position = sequence.Length + i;
            ((float*)sequence.Blocks[position / KvLayout.BlockTokens])[position % KvLayout.BlockTokens] = tokens[i];
        }
        sequence.Commit(tokens);
    }

    internal static void Check(KvSequence sequence, ReadOnlySpan<int> tokens)
    {
        Assert.Equal(tokens.Length, sequence.Length);
        for (var position = 0; position < tokens.Length; position++)
            Assert.Equal(tokens[position], ((float*)sequence.Blocks[position / KvLayout.BlockTokens])[position % KvLayout.BlockTokens]);
    }
}
