using Models.Crypto;

namespace Runtime.Audit.Merkle;

/// <summary>The right edge of a growing tree: enough to add leaves and to know the root, in a few hashes. Not safe for several threads.</summary>
internal sealed class MerkleFrontier
{
    private readonly List<(int Level, byte[] Hash)> _edge;

    /// <summary>An empty tree.</summary>
    public MerkleFrontier() => _edge = [];

    private MerkleFrontier(MerkleFrontier other) => (_edge, Size) = ([.. other._edge], other.Size);

    /// <summary>Leaves.</summary>
    public long Size { get; private set; }

    /// <summary>Its tree hash.</summary>
    public byte[] Root
    {
        get
        {
            if (_edge.Count == 0) return Sha256.Hash([]);
            var root = _edge[^1].Hash;
            for (var i = _edge.Count - 2; i >= 0; i--) root = MerkleTree.Node(_edge[i].Hash, root);
            return root;
        }
    }

    /// <summary>Adds a leaf, or a whole subtree of 2^<paramref name="level"/> leaves where the size is a multiple of that.</summary>
    public void Add(byte[] hash, int level = 0)
    {
        Size += 1L << level;
        while (_edge.Count > 0 && _edge[^1].Level == level)
        {
            hash = MerkleTree.Node(_edge[^1].Hash, hash);
            _edge.RemoveAt(_edge.Count - 1);
            level++;
        }
        _edge.Add((level, hash));
    }

    /// <summary>The same tree, to go on with apart.</summary>
    public MerkleFrontier Copy() => new(this);
}
