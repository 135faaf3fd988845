namespace Models.Generation.Kv;

/// <summary>One block of the prefix tree: its tokens follow those of its parents.</summary>
internal sealed class PrefixNode
{
    /// <summary>The root, which has no tokens and no block.</summary>
    public PrefixNode() => (Tokens, Block, Recent) = ([], -1, null!);

    /// <summary>A block below a parent.</summary>
    public PrefixNode(PrefixNode parent, int[] tokens, int block)
    {
        (Parent, Tokens, Block) = (parent, tokens, block);
        Recent = new LinkedListNode<PrefixNode>(this);
    }

    /// <summary>What comes before; null for the root and for a node that is no longer in the tree.</summary>
    public PrefixNode? Parent { get; set; }

    /// <summary>The block's tokens; fewer than a block holds in a leaf.</summary>
    public int[] Tokens { get; }

    /// <summary>The block in the pool; the tree holds a reference.</summary>
    public int Block { get; set; }

    /// <summary>What the block's CRC-32C must be, where it came from a file and has not been looked at yet; null where it is known to be sound.</summary>
    public uint? Unchecked { get; set; }

    /// <summary>What comes after.</summary>
    public List<PrefixNode> Children { get; } = [];

    /// <summary>Its place in the order of use.</summary>
    public LinkedListNode<PrefixNode> Recent { get; }
}
