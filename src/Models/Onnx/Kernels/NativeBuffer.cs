using System.Collections.Concurrent;
using System.Runtime.InteropServices;

namespace Models.Onnx.Kernels;

/// <summary>Scratch memory that operators rent for one call: a handful of buffers, kept for the next call.</summary>
internal unsafe struct NativeBuffer
{
    private static readonly ConcurrentBag<NativeBuffer> Free = [];

    private nuint _size;

    /// <summary>Its beginning, aligned to 64 bytes; not cleared.</summary>
    public byte* Pointer { get; private set; }

    /// <summary>A buffer of at least so many bytes.</summary>
    public static NativeBuffer Rent(nuint size)
    {
        if (!Free.TryTake(out var buffer)) buffer = default;
        if (buffer._size >= size) return buffer;
        NativeMemory.AlignedFree(buffer.Pointer);
        return new NativeBuffer { _size = size, Pointer = (byte*)NativeMemory.AlignedAlloc(size, 64) };
    }

    /// <summary>Gives the buffer back.</summary>
    public readonly void Return() => Free.Add(this);
}
