using System.Runtime.InteropServices;
using System.Text;

namespace TestKit;

/// <summary>Writes GGUF version 3 files: metadata first, then tensors, whose bytes are streamed.</summary>
public sealed class GgufWriter
{
    private const int Alignment = 32;

    private readonly MemoryStream _keys = new();
    private readonly List<Tensor> _tensors = [];
    private ulong _keyCount;

    /// <summary>Adds a string.</summary>
    public GgufWriter Add(string key, string value) => Key(key, 8, () => Write(_keys, value));

    /// <summary>Adds a 32-bit unsigned integer.</summary>
    public GgufWriter Add(string key, uint value) => Key(key, 4, () => _keys.Write(BitConverter.GetBytes(value)));

    /// <summary>Adds a float32.</summary>
    public GgufWriter Add(string key, float value) => Key(key, 6, () => _keys.Write(BitConverter.GetBytes(value)));

    /// <summary>Adds a truth value.</summary>
    public GgufWriter Add(string key, bool value) => Key(key, 7, () => _keys.WriteByte(value ? (byte)1 : (byte)0));

    /// <summary>Adds a list of strings.</summary>
    public GgufWriter Add(string key, IReadOnlyCollection<string> values) => List(key, 8, values.Count, () =>
    {
        foreach (var value in values) Write(_keys, value);
    });

    /// <summary>Adds a list of 32-bit integers.</summary>
    public GgufWriter Add(string key, int[] values) => List(key, 5, values.Length, () => _keys.Write(MemoryMarshal.AsBytes(values.AsSpan())));

    /// <summary>Adds a list of float32.</summary>
    public GgufWriter Add(string key, float[] values) => List(key, 6, values.Length, () => _keys.Write(MemoryMarshal.AsBytes(values.AsSpan())));

    /// <summary>Adds a tensor; its shape is row-major, its kind is ggml's number, and <paramref name="write"/> writes exactly its bytes.</summary>
    public GgufWriter AddTensor(string name, uint kind, long[] shape, long bytes, Action<Stream> write)
    {
        _tensors.Add(new Tensor(name, kind, shape, bytes, write));
        return this;
    }

    /// <summary>Adds a float32 tensor.</summary>
    public GgufWriter AddTensor(string name, long[] shape, float[] values) =>
        AddTensor(name, 0, shape, 4L * values.Length, stream => stream.Write(MemoryMarshal.AsBytes(values.AsSpan())));

    /// <summary>Writes the file.</summary>
    public void Save(string path)
    {
        using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 20);
        file.Write("GGUF"u8);
        file.Write(BitConverter.GetBytes(3u));
        file.Write(BitConverter.GetBytes((ulong)_tensors.Count));
        file.Write(BitConverter.GetBytes(_keyCount));
        _keys.WriteTo(file);
        ulong offset = 0;
        foreach (var tensor in _tensors)
        {
            Write(file, tensor.Name);
            file.Write(BitConverter.GetBytes((uint)tensor.Shape.Length));
            foreach (var dimension in tensor.Shape.Reverse<long>()) file.Write(BitConverter.GetBytes(dimension));
            file.Write(BitConverter.GetBytes(tensor.Kind));
            file.Write(BitConverter.GetBytes(offset));
            offset += (ulong)(tensor.Bytes + Alignment - 1) / Alignment * Alignment;
        }
        foreach (var tensor in _tensors)
        {
            Pad(file);
            var start = file.Position;
            tensor.Write(file);
            if (file.Position - start != tensor.Bytes) throw new InvalidOperationException($"{tensor.Name} wrote {file.Position - start} of {tensor.Bytes} bytes.");
        }
        Pad(file);
    }

    private GgufWriter Key(string key, uint type, Action writeValue)
    {
        _keyCount++;
        Write(_keys, key);
        _keys.Write(BitConverter.GetBytes(type));
        writeValue();
        return this;
    }

    private GgufWriter List(string key, uint type, int count, Action writeValues) => Key(key, 9, () =>
    {
        _keys.Write(BitConverter.GetBytes(type));
        _keys.Write(BitConverter.GetBytes((ulong)count));
        writeValues();
    });

    private static void Write(Stream stream, string value)
    {
        var bytes = Encoding.UTF8.GetBytes(value);
        stream.Write(BitConverter.GetBytes((ulong)bytes.Length));
        stream.Write(bytes);
    }

    private static void Pad(Stream stream)
    {
        while (stream.Position % Alignment != 0) stream.WriteByte(0);
    }

    private sealed record Tensor(string Name, uint Kind, long[] Shape, long Bytes, Action<Stream> Write);
}
