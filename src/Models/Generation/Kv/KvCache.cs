using Models.Onnx.Attention;

namespace Models.Generation.Kv;

/// <summary>All keys and values of a model: those in use, and those kept because they may be wanted again. Not safe for several threads.</summary>
internal sealed class KvCache : IDisposable
{
    private readonly KvPool _pool;
    private readonly PrefixTree _tree;

    /// <summary>Room for so many blocks.</summary>
    public KvCache(KvLayout layout, int blocks)
    {
        Layout = layout;
        _pool = new KvPool(layout, blocks);
        _tree = new PrefixTree(_pool);
    }

    /// <summary>What lies where in a block.</summary>
    public KvLayout Layout { get; }

    /// <summary>Grows with every block that is kept.</summary>
    public long Additions => _tree.Additions;

    /// <summary>Bytes that keys and values take, used and kept.</summary>
    public long ResidentBytes => _pool.ResidentBytes;

    /// <summary>About how many bytes are kept that nobody uses. Safe from any thread.</summary>
    public long IdleBytes => (_pool.Idle + _pool.Resident - _pool.Used) * Layout.BlockBytes;

    /// <summary>A new sequence of at most so many tokens.</summary>
    public KvSequence CreateSequence(int capacity) => new(_pool, _tree, capacity);

    /// <summary>Keeps at most so many bytes for reuse from now on, and gives memory that is over that back to the system.</summary>
    public void Retain(long bytes)
    {
        _tree.MostRetained = (int)Math.Clamp(bytes / Layout.BlockBytes, 0, int.MaxValue);
        _tree.Shrink();
        _pool.Trim(0);
    }

    /// <summary>Gives at least so many bytes of what nobody uses back to the system, or all there is.</summary>
    public void Shed(long bytes)
    {
        _tree.Shed((int)((Math.Min(bytes, ResidentBytes) + Layout.BlockBytes - 1) / Layout.BlockBytes));
        _pool.Trim(0);
    }

    /// <summary>Takes over what a file keeps, without reading it: its blocks are mapped, and looked at when they are first wanted.</summary>
    /// <returns>How many tokens there are, or why the file is of no use.</returns>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public (int Tokens, string? Reason) Restore(string path, ReadOnlySpan<byte> key)
    {
        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
        if (KvFile.Read(file, key, Layout.BlockBytes, out var reason) is not { } stored) return (0, reason);
        // Parents come first, so what does not fit is what is wanted least.
        var count = Math.Min(stored.Count, Math.Min(_pool.Capacity, _tree.MostRetained));
        _pool.Load(file, KvFile.BlocksAt(stored.Count), count);
        var nodes = new PrefixNode[count];
        var tokens = 0;
        for (var i = 0; i < count; i++)
        {
            var (parent, ids, checksum) = stored[i];
            nodes[i] = _tree.AddLoaded(parent < 0 ? _tree.Root : nodes[parent], ids, i, checksum);
            tokens += ids.Length;
        }
        return (tokens, null);
    }

    /// <summary>The most recently used of what is kept, at most so many bytes, held until it is given back to <see cref="Release"/>.</summary>
    public IReadOnlyList<(int Parent, int[] Tokens, int Block)> Hold(long bytes)
    {
        var indices = new Dictionary<PrefixNode, int> { [_tree.Root] = -1 };
        var held = new List<(int, int[], int)>();
        foreach (var node in _tree.MostRecent().Take((int)Math.Min(bytes / Layout.BlockBytes, int.MaxValue)))
        {
            indices[node] = held.Count;
            held.Add((indices[node.Parent!], node.Tokens, node.Block));
            _pool.AddReference(node.Block);
        }
        return held;
    }

    /// <summary>Where a held block lies. Safe from any thread while it is held.</summary>
    public unsafe nint Address(int block) => (nint)_pool[block];

    /// <summary>Gives back what was held.</summary>
    public void Release(IReadOnlyList<(int Parent, int[] Tokens, int Block)> held)
    {
        foreach (var (_, _, block) in held) _pool.Release(block);
    }

    /// <summary>Frees the memory.</summary>
    public void Dispose() => _pool.Dispose();
}
