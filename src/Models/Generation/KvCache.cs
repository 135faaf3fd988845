using System.Runtime.InteropServices;
using Models.Onnx;

namespace Models.Generation;

/// <summary>
/// The keys and values of one sequence: per layer two float buffers [1, kv heads, capacity, head size], which GroupQueryAttention
/// reads and extends in place. Nothing clears them, so the kernel only hands out pages as tokens arrive.
/// </summary>
internal sealed unsafe class KvCache : IDisposable
{
    private readonly void*[] _buffers;
    private readonly OrtTensor[] _tensors;
    private readonly nint _bytes;

    public KvCache(int layers, int heads, int capacity, int headSize, OnnxElementType type)
    {
        Capacity = capacity;
        var elementSize = type == OnnxElementType.Float32 ? 4 : type == OnnxElementType.Float16 ? 2 : 1;
        var bytes = _bytes = (nint)heads * capacity * headSize * elementSize;
        _buffers = new void*[2 * layers];
        _tensors = new OrtTensor[2 * layers];
        try
        {
            for (var i = 0; i < _buffers.Length; i++)
            {
                _buffers[i] = NativeMemory.AlignedAlloc((nuint)bytes, 64);
                _tensors[i] = new OrtTensor(_buffers[i], bytes, [1, heads, capacity, headSize], type);
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Most tokens it can hold.</summary>
    public int Capacity { get; }

    /// <summary>Keys of layer 0, values of layer 0, keys of layer 1, ….</summary>
    public nint this[int index] => _tensors[index].Pointer;

    /// <summary>Bytes of one token in all buffers.</summary>
    public long TokenBytes => _bytes / Capacity * _buffers.Length;

    /// <summary>Gives the pages back to the kernel; what was in them is gone.</summary>
    public void Drop()
    {
        const int DontNeed = 4;
        var page = (nuint)Environment.SystemPageSize;
        foreach (var buffer in _buffers)
        {
            // Whole pages inside the buffer: its first and last may hold something else as well.
            var start = ((nuint)buffer + page - 1) / page * page;
            var end = ((nuint)buffer + (nuint)_bytes) / page * page;
            if (end > start) _ = Libc.Advise((void*)start, end - start, DontNeed);
        }
    }

    /// <summary>Frees the buffers.</summary>
    public void Dispose()
    {
        for (var i = 0; i < _buffers.Length; i++)
        {
            _tensors[i]?.Dispose();
            NativeMemory.AlignedFree(_buffers[i]);
            _buffers[i] = null;
        }
    }
}
