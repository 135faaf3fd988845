using System.Numerics;
using Models.Import.Weights;

namespace Models.Import.Gguf;

/// <summary>A GGUF file, versions 2 and 3 (ggml's docs/gguf.md): metadata and tensors, all checked to lie inside the file.</summary>
internal sealed class GgufFile
{
    private const int LargestAlignment = 1 << 16;

    private readonly MappedFile _file;
    private readonly GgufCursor _tensorHeaders;
    private readonly int _tensorCount;

    /// <summary>Reads the metadata of a mapped file.</summary>
    /// <exception cref="ImportException">The file is not GGUF, or damaged.</exception>
    public GgufFile(MappedFile file)
    {
        _file = file;
        var cursor = new GgufCursor(file);
        if (file.Length < 24 || !cursor.Bytes(4).SequenceEqual("GGUF"u8)) throw new ImportException($"{file.Path} is not a GGUF file.");
        var version = cursor.U32();
        if (version is not (2 or 3))
        {
            throw new ImportException((version & 0xFFFF) == 0
                ? $"{file.Path} is a big-endian GGUF file; only little-endian ones are read."
                : $"{file.Path} has GGUF version {version}; versions 2 and 3 are read. Convert it anew.");
        }
        // A tensor takes 8 (name) + 4 + 8 (dimension) + 4 + 8 bytes, a key at least 8 + 4 + 1.
        _tensorCount = cursor.Count("tensors", 32);
        var keys = cursor.Count("metadata keys", 13);
        Metadata = new GgufMetadata(file, cursor, keys);
        _tensorHeaders = cursor;
    }

    /// <summary>The key-value part.</summary>
    public GgufMetadata Metadata { get; }

    /// <summary>Reads the tensor headers, once: tensors by name.</summary>
    /// <exception cref="ImportException">A tensor is of an unknown kind, lies outside the file or overlaps another.</exception>
    public IReadOnlyDictionary<string, SourceTensor> ReadTensors()
    {
        var cursor = _tensorHeaders;
        var headers = new List<(string Name, ElementKind Kind, long[] Shape, ulong Offset)>();
        for (var i = 0; i < _tensorCount; i++)
        {
            var name = cursor.Name();
            var dimensions = cursor.U32();
            if (dimensions is 0 or > 4) throw Damaged($"tensor {name} has {dimensions} dimensions");
            var shape = new long[dimensions];
            // The file lists the fastest dimension first; shapes here are row-major.
            for (var d = shape.Length - 1; d >= 0; d--) shape[d] = (long)Math.Min(cursor.U64(), long.MaxValue);
            headers.Add((name, GgmlKinds.ToElementKind(cursor.U32(), name, _file.Path), shape, cursor.U64()));
        }

        var alignment = Metadata.FindInteger("general.alignment") ?? 32;
        if (alignment is < 1 or > LargestAlignment || !BitOperations.IsPow2(alignment)) throw Damaged($"general.alignment is {alignment}");
        var start = (cursor.Position + alignment - 1) / alignment * alignment;

        var tensors = new Dictionary<string, SourceTensor>(headers.Count);
        foreach (var (name, kind, shape, offset) in headers)
        {
            if (offset % (ulong)alignment != 0) throw Damaged($"tensor {name} is not aligned to {alignment} bytes");
            if (offset > (ulong)_file.Length) throw Damaged($"tensor {name} lies past the end of the file");
            var tensor = new SourceTensor(name, kind, shape, _file, start + (long)offset);
            if (!tensors.TryAdd(name, tensor)) throw Damaged($"tensor {name} occurs twice");
        }
        SourceTensor? previous = null;
        foreach (var tensor in tensors.Values.OrderBy(t => t.Offset))
        {
            if (previous is not null && previous.Offset + previous.Bytes > tensor.Offset) throw Damaged($"tensors {previous.Name} and {tensor.Name} overlap");
            previous = tensor;
        }
        return tensors;
    }

    private ImportException Damaged(string what) => new($"{_file.Path} is damaged: {what}. Fetch it again.");
}
