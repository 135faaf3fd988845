using System.Runtime.InteropServices;

namespace Trainer.Numerics;

/// <summary>Numbers outside the managed heap, on a cache line's boundary, zero at first. Its owner disposes of it; not safe for several threads that write the same place.</summary>
internal sealed unsafe class FloatBlock : IDisposable
{
    private const int Alignment = 64;

    /// <summary>Room for so many numbers.</summary>
    public FloatBlock(long length)
    {
        Length = length;
        Data = (float*)NativeMemory.AlignedAlloc((nuint)Math.Max(length, 1) * sizeof(float), Alignment);
        NativeMemory.Clear(Data, (nuint)length * sizeof(float));
    }

    /// <summary>How many there are.</summary>
    public long Length { get; }

    /// <summary>The first one.</summary>
    public float* Data { get; private set; }

    /// <summary>All of them; there may not be more than 2^31.</summary>
    public Span<float> Span => new(Data, checked((int)Length));

    /// <inheritdoc/>
    public void Dispose()
    {
        NativeMemory.AlignedFree(Data);
        Data = null;
        GC.SuppressFinalize(this);
    }

    // A thread's own blocks end with the thread.
    ~FloatBlock() => NativeMemory.AlignedFree(Data);
}
