using System.Text;
using Runtime.Audit.Merkle;

namespace Runtime.Tests.Audit;

public sealed class MerkleTreeTests
{
    // The leaves and roots that Certificate Transparency implementations test with.
    private static readonly string[] Data = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"];

    [Theory]
    [InlineData(1, "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d")]
    [InlineData(2, "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125")]
    [InlineData(3, "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77")]
    [InlineData(5, "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4")]
    [InlineData(8, "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328")]
    public void Root_OfKnownLeaves_IsTheKnownOne(int count, string root)
    {
        var tree = new MerkleFrontier();
        foreach (var data in Data.Take(count)) tree.Add(MerkleTree.Leaf(Convert.FromHexString(data)));
        Assert.Equal(root, Convert.ToHexStringLower(tree.Root));
        Assert.Equal(count, tree.Size);
    }

    [Fact]
    public void Proofs_OfEveryLeafAndEverySize_Hold_AndWithAnythingChangedDoNot()
    {
        var leaves = Enumerable.Range(0, 70).Select(i => MerkleTree.Leaf(Encoding.ASCII.GetBytes($"{i}"))).ToArray();
        var roots = Enumerable.Range(0, 71).Select(n => Root(leaves.AsSpan(0, n))).ToArray();
        for (var size = 1; size <= leaves.Length; size++)
        {
            for (var i = 0; i < size; i++)
            {
                var path = MerkleTree.Inclusion(i, size, Range);
                Assert.True(MerkleTree.Includes(i, size, leaves[i], path, roots[size]));
                Assert.False(MerkleTree.Includes(i, size, leaves[(i + 1) % leaves.Length], path, roots[size]));
                Assert.False(MerkleTree.Includes(i, size, leaves[i], path, roots[size - 1]));
                if (path.Count > 0) Assert.False(MerkleTree.Includes(i, size, leaves[i], [.. path.Skip(1)], roots[size]));
                Assert.False(MerkleTree.Includes(i, size, leaves[i], [.. path, leaves[0]], roots[size]));
                var earlier = MerkleTree.Consistency(i, size, Range);
                if (i == 0) continue;
                Assert.True(MerkleTree.Extends(i, size, roots[i], roots[size], earlier));
                Assert.False(MerkleTree.Extends(i, size, roots[i - 1], roots[size], earlier));
                Assert.False(MerkleTree.Extends(i, size, roots[i], roots[size - 1], earlier));
                Assert.False(MerkleTree.Extends(i, size, roots[i], roots[size], [.. earlier, leaves[0]]));
            }
        }

        byte[] Range(long start, long count) => Root(leaves.AsSpan((int)start, (int)count));
    }

    private static byte[] Root(ReadOnlySpan<byte[]> leaves)
    {
        var tree = new MerkleFrontier();
        foreach (var leaf in leaves) tree.Add(leaf);
        return tree.Root;
    }
}
