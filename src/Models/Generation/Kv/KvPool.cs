using Microsoft.Win32.SafeHandles;
using Models.Onnx.Attention;

namespace Models.Generation.Kv;

/// <summary>
/// The memory that keys and values of all sequences of a model live in: blocks of <see cref="KvLayout.BlockTokens"/> tokens with a count of
/// who uses them. Address space is reserved for all of them at once; memory is taken as blocks are first used, and given back by
/// <see cref="Trim"/>. Not safe for several threads.
/// </summary>
internal sealed unsafe class KvPool : IDisposable
{
    private readonly PageRange _memory;
    private readonly int[] _references;
    private readonly bool[] _kept;

    // Free blocks that have memory, and free blocks that have none (any more).
    private readonly Stack<int> _warm = new();
    private readonly Stack<int> _cold = new();
    private int _fresh;

    /// <summary>Room for at most so many blocks.</summary>
    public KvPool(KvLayout layout, int blocks)
    {
        Layout = layout;
        Capacity = blocks;
        _references = new int[blocks];
        _kept = new bool[blocks];
        _memory = new PageRange(layout.BlockBytes * blocks);
    }

    /// <summary>What lies where in a block.</summary>
    public KvLayout Layout { get; }

    /// <summary>Blocks in all.</summary>
    public int Capacity { get; }

    /// <summary>Blocks that somebody uses.</summary>
    public int Used { get; private set; }

    /// <summary>Blocks that nobody uses but the tree that keeps them.</summary>
    public int Idle { get; private set; }

    /// <summary>Blocks that have memory, used or free.</summary>
    public int Resident => _fresh - _cold.Count;

    /// <summary>Bytes of the blocks that have memory.</summary>
    public long ResidentBytes => Resident * Layout.BlockBytes;

    /// <summary>Where a block lies.</summary>
    public byte* this[int block] => _memory.Start + block * Layout.BlockBytes;

    /// <summary>Takes a free block, with one reference; its contents are whatever they were. False when there is none.</summary>
    public bool TryAllocate(out int block)
    {
        if (!_warm.TryPop(out block) && !_cold.TryPop(out block))
        {
            if (_fresh == Capacity) return false;
            block = _fresh++;
        }
        _references[block] = 1;
        Used++;
        return true;
    }

    /// <summary>Takes the first blocks, kept and with the contents of a file. Only for a pool that nothing has been taken from.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public void Load(SafeFileHandle file, long offset, int blocks)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(_fresh, 0);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(blocks, Capacity);
        _memory.Load(file, offset, blocks * Layout.BlockBytes);
        _references.AsSpan(0, blocks).Fill(1);
        _kept.AsSpan(0, blocks).Fill(true);
        _fresh = Used = Idle = blocks;
    }

    /// <summary>How many use a block.</summary>
    public int References(int block) => _references[block];

    /// <summary>One more uses a block.</summary>
    public void AddReference(int block)
    {
        if (_references[block]++ == 1 && _kept[block]) Idle--;
    }

    /// <summary>The tree uses a block from now on, whoever else does.</summary>
    public void Keep(int block)
    {
        AddReference(block);
        _kept[block] = true;
    }

    /// <summary>The tree does not use a block any more.</summary>
    public void Forget(int block)
    {
        if (_references[block] == 1) Idle--;
        _kept[block] = false;
        Release(block);
    }

    /// <summary>One fewer uses a block; it is free when nobody is left.</summary>
    public void Release(int block)
    {
        var left = --_references[block];
        if (left == 1 && _kept[block]) Idle++;
        if (left > 0) return;
        Used--;
        _warm.Push(block);
    }

    /// <summary>Gives the memory of free blocks back to the system, until at most so many free blocks have any.</summary>
    public void Trim(int keep)
    {
        while (_warm.Count > keep)
        {
            var block = _warm.Pop();
            _memory.Discard(block * Layout.BlockBytes, Layout.BlockBytes);
            _cold.Push(block);
        }
    }

    /// <summary>Frees the memory.</summary>
    public void Dispose() => _memory.Dispose();
}
