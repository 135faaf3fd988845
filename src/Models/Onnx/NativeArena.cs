using System.Runtime.InteropServices;

namespace Models.Onnx;

/// <summary>Native memory that is freed all at once. Not safe for several threads.</summary>
internal sealed unsafe class NativeArena : IDisposable
{
    private readonly List<nint> _blocks = [];

    /// <summary>Room for so many values, all zero, aligned to 64 bytes.</summary>
    public T* Allocate<T>(long count = 1) where T : unmanaged
    {
        var bytes = (nuint)count * (nuint)sizeof(T);
        var block = NativeMemory.AlignedAlloc(bytes, 64);
        NativeMemory.Clear(block, bytes);
        _blocks.Add((nint)block);
        return (T*)block;
    }

    /// <summary>A text as UTF-8 with a zero at the end.</summary>
    public nint Text(string text)
    {
        var bytes = System.Text.Encoding.UTF8.GetBytes(text);
        var block = Allocate<byte>(bytes.Length + 1);
        bytes.CopyTo(new Span<byte>(block, bytes.Length));
        return (nint)block;
    }

    /// <summary>Frees everything.</summary>
    public void Dispose()
    {
        foreach (var block in _blocks) NativeMemory.AlignedFree((void*)block);
        _blocks.Clear();
    }
}
