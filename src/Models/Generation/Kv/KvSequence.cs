using System.Runtime.InteropServices;
using Models.Onnx.Attention;

namespace Models.Generation.Kv;

/// <summary>The keys and values of one sequence: blocks of the pool, some of them shared. Not safe for several threads.</summary>
internal sealed unsafe class KvSequence : ISequence
{
    private readonly KvPool _pool;
    private readonly PrefixTree _tree;
    private readonly List<int> _blocks = [];
    private readonly List<int> _tokens = [];

    // Addresses of the blocks, for the operators.
    private readonly byte** _addresses;

    // The deepest node of the tree on this sequence's way: its first blocks are there.
    private PrefixNode _node;
    private int _depth;

    /// <summary>An empty sequence of at most so many tokens.</summary>
    public KvSequence(KvPool pool, PrefixTree tree, int capacity)
    {
        (_pool, _tree, _node, Capacity) = (pool, tree, tree.Root, capacity);
        _addresses = (byte**)NativeMemory.Alloc((nuint)((capacity + KvLayout.BlockTokens - 1) / KvLayout.BlockTokens), (nuint)sizeof(byte*));
    }

    /// <summary>Most tokens it may hold.</summary>
    public int Capacity { get; }

    /// <inheritdoc/>
    public int Length => _tokens.Count;

    /// <summary>Where its blocks lie.</summary>
    public byte** Blocks => _addresses;

    /// <inheritdoc/>
    public void Reuse(ReadOnlySpan<int> tokens)
    {
        if (Length % KvLayout.BlockTokens != 0 || _depth * KvLayout.BlockTokens != Length) return;
        while (PrefixTree.Next(_node, tokens) is { } next && _tree.IsSound(next))
        {
            _pool.AddReference(next.Block);
            Append(next.Block);
            _tokens.AddRange(next.Tokens);
            (_node, _depth) = (next, _depth + 1);
            tokens = tokens[KvLayout.BlockTokens..];
        }
        // The rest of a block is copied: what follows there will be this sequence's own.
        if (PrefixTree.Longest(_node, tokens, out var shared) is { } partial && _tree.IsSound(partial))
        {
            _tree.Touch(partial);
            // Making room must not evict what is about to be copied.
            _pool.AddReference(partial.Block);
            if (TryAllocate(out var block))
            {
                Buffer.MemoryCopy(_pool[partial.Block], _pool[block], _pool.Layout.BlockBytes, _pool.Layout.BlockBytes);
                Append(block);
                _tokens.AddRange(partial.Tokens.AsSpan(0, shared));
            }
            _pool.Release(partial.Block);
        }
        else
        {
            _tree.Touch(_node);
        }
    }

    /// <inheritdoc/>
    public bool TryReserve(int tokens)
    {
        var needed = (Length + tokens + KvLayout.BlockTokens - 1) / KvLayout.BlockTokens;
        if (Length + tokens > Capacity || !_tree.MakeRoom(needed - _blocks.Count)) return false;
        while (_blocks.Count < needed)
        {
            if (!_pool.TryAllocate(out var block)) return false;
            Append(block);
        }
        return true;
    }

    /// <inheritdoc/>
    public void Commit(ReadOnlySpan<int> tokens)
    {
        _tokens.AddRange(tokens);
        Publish(Length / KvLayout.BlockTokens);
    }

    /// <summary>Leaves what was computed to the tree and gives the blocks back.</summary>
    public void Dispose()
    {
        Publish((Length + KvLayout.BlockTokens - 1) / KvLayout.BlockTokens);
        foreach (var block in _blocks) _pool.Release(block);
        _blocks.Clear();
        _tokens.Clear();
        NativeMemory.Free(_addresses);
        _tree.Shrink();
    }

    private void Publish(int depth)
    {
        for (; _depth < depth; _depth++)
        {
            var start = _depth * KvLayout.BlockTokens;
            var tokens = CollectionsMarshal.AsSpan(_tokens)[start..Math.Min(Length, start + KvLayout.BlockTokens)];
            _node = _tree.Add(_node, tokens, _blocks[_depth]);
            // Another sequence computed the same meanwhile: one of the two is enough.
            if (_node.Block != _blocks[_depth]) Replace(_depth, _node.Block);
        }
    }

    private bool TryAllocate(out int block)
    {
        block = -1;
        return _tree.MakeRoom(1) && _pool.TryAllocate(out block);
    }

    private void Replace(int index, int block)
    {
        _pool.AddReference(block);
        _pool.Release(_blocks[index]);
        _addresses[index] = _pool[block];
        _blocks[index] = block;
    }

    private void Append(int block)
    {
        _addresses[_blocks.Count] = _pool[block];
        _blocks.Add(block);
    }
}
