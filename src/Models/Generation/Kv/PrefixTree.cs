using Models.Onnx.Attention;

namespace Models.Generation.Kv;

/// <summary>
/// What was computed before, by its tokens: a radix tree whose edges are blocks (after SGLang's RadixAttention, Zheng et al. 2023). Whoever
/// comes with the same beginning shares the blocks. The tree holds one reference to each of its blocks; blocks that nobody else uses
/// are evicted, the least recently used leaf first, when room is needed. Not safe for several threads.
/// </summary>
internal sealed class PrefixTree(KvPool pool)
{
    // Least recently used first. A parent is always used after its children, so the first node is a leaf.
    private readonly LinkedList<PrefixNode> _recent = new();

    /// <summary>Where every sequence begins.</summary>
    public PrefixNode Root { get; } = new();

    /// <summary>Blocks that the tree holds.</summary>
    public int Count => _recent.Count;

    /// <summary>Grows with every block that comes in.</summary>
    public long Additions { get; private set; }

    /// <summary>Most blocks the tree keeps that nobody uses; see <see cref="Shrink"/>.</summary>
    public int MostRetained { get; set; } = int.MaxValue;

    /// <summary>All nodes, the most recently used first; parents before children.</summary>
    public IEnumerable<PrefixNode> MostRecent()
    {
        for (var at = _recent.Last; at is not null; at = at.Previous) yield return at.Value;
    }

    /// <summary>The child of a node whose block is full and holds the next tokens, or null.</summary>
    public static PrefixNode? Next(PrefixNode node, ReadOnlySpan<int> tokens)
    {
        if (tokens.Length < KvLayout.BlockTokens) return null;
        foreach (var child in node.Children)
            if (child.Tokens.Length == KvLayout.BlockTokens && tokens.StartsWith(child.Tokens)) return child;
        return null;
    }

    /// <summary>The child that shares the longest beginning with the next tokens, and how many; null when none shares any.</summary>
    public static PrefixNode? Longest(PrefixNode node, ReadOnlySpan<int> tokens, out int shared)
    {
        PrefixNode? best = null;
        shared = 0;
        foreach (var child in node.Children)
        {
            var common = tokens.CommonPrefixLength(child.Tokens);
            if (common <= shared) continue;
            (best, shared) = (child, common);
        }
        return best;
    }

    /// <summary>Marks a node and all before it as just used.</summary>
    public void Touch(PrefixNode node)
    {
        for (var at = node; at.Parent is not null; at = at.Parent)
        {
            _recent.Remove(at.Recent);
            _recent.AddLast(at.Recent);
        }
    }

    /// <summary>
    /// Adds a block after a node; the tree takes a reference of its own. Where these tokens, or more, are there already, the tree keeps
    /// what it has. Returns the node that holds the tokens.
    /// </summary>
    public PrefixNode Add(PrefixNode parent, ReadOnlySpan<int> tokens, int block)
    {
        if (Longest(parent, tokens, out var shared) is { } child)
        {
            if (shared == tokens.Length)
            {
                // What was computed just now is surer than what was read from a file.
                if (child.Unchecked is not null && shared == child.Tokens.Length) SetBlock(child, block);
                Touch(child);
                return child;
            }
            // A leaf that was not full yet, now longer.
            if (shared == child.Tokens.Length) Remove(child);
        }
        var added = new PrefixNode(parent, tokens.ToArray(), block);
        Additions++;
        pool.Keep(block);
        parent.Children.Add(added);
        _recent.AddLast(added.Recent);
        Touch(added);
        return added;
    }

    /// <summary>Adds a block that was read from a file, and belongs to the tree already; it is looked at when it is first wanted.</summary>
    public PrefixNode AddLoaded(PrefixNode parent, int[] tokens, int block, uint checksum)
    {
        var added = new PrefixNode(parent, tokens, block) { Unchecked = checksum };
        parent.Children.Add(added);
        // The file begins with what was used last.
        _recent.AddFirst(added.Recent);
        return added;
    }

    /// <summary>Gives up the least recently used blocks that nobody uses until the pool has so many free ones; false when that cannot be.</summary>
    public bool MakeRoom(int blocks)
    {
        var missing = blocks - (pool.Capacity - pool.Used);
        return missing <= 0 || Evict(missing) == missing;
    }

    /// <summary>Gives up so many blocks that nobody uses, the least recently used first, or all there are.</summary>
    public void Shed(int blocks) => Evict(blocks);

    /// <summary>Gives up blocks that nobody uses, the least recently used first, until at most <see cref="MostRetained"/> are kept.</summary>
    public void Shrink()
    {
        if (Count <= MostRetained) return;
        Evict(Count - MostRetained);
    }

    /// <summary>Whether a node's block is what it was when it was written to a file; a damaged one goes, with all that comes after it.</summary>
    public unsafe bool IsSound(PrefixNode node)
    {
        if (node.Unchecked is not { } checksum) return true;
        if (KvFile.Checksum(pool[node.Block], pool.Layout.BlockBytes) == checksum)
        {
            node.Unchecked = null;
            return true;
        }
        RemoveAll(node);
        return false;
    }

    private void RemoveAll(PrefixNode node)
    {
        foreach (var child in node.Children.ToArray()) RemoveAll(child);
        Remove(node);
    }

    private void SetBlock(PrefixNode node, int block)
    {
        pool.Keep(block);
        pool.Forget(node.Block);
        (node.Block, node.Unchecked) = (block, null);
    }

    private int Evict(int blocks)
    {
        var evicted = 0;
        for (var at = _recent.First; at is not null && evicted < blocks;)
        {
            var node = at.Value;
            at = at.Next;
            if (node.Children.Count > 0 || pool.References(node.Block) > 1) continue;
            Remove(node);
            evicted++;
        }
        return evicted;
    }

    private void Remove(PrefixNode node)
    {
        node.Parent!.Children.Remove(node);
        node.Parent = null;
        _recent.Remove(node.Recent);
        pool.Forget(node.Block);
    }
}
