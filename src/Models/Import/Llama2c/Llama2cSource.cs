using System.Buffers.Binary;
using Models.Import.Sources;
using Models.Import.Weights;
using Models.Tokens;

namespace Models.Import.Llama2c;

/// <summary>
/// Reads llama2.c's first export format (export.py, legacy_export): seven int32, then float32 tensors in a fixed order, without names.
/// </summary>
internal static class Llama2cSource
{
    private const int HeaderBytes = 28;
    private const uint LaterMagic = 0x616B3432;

    /// <summary>Opens the file; the tokenizer lies beside it.</summary>
    /// <exception cref="ImportException">The file is not of that format, or there is no tokenizer.</exception>
    public static SourceModel Open(string path)
    {
        var file = MappedFile.Open(path);
        try
        {
            return Read(file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private static SourceModel Read(MappedFile file)
    {
        var header = new int[HeaderBytes / 4];
        var bytes = file.Slice(0, HeaderBytes);
        for (var i = 0; i < header.Length; i++) header[i] = BinaryPrimitives.ReadInt32LittleEndian(bytes[(4 * i)..]);
        if ((uint)header[0] == LaterMagic) throw new ImportException($"{file.Path} is of a later llama2.c version; only the first format is read. Export the model as safetensors.");

        // A negative vocabulary size says that the output projection is a tensor of its own.
        var (hidden, feedForward, layers, heads, kvHeads, context) = (header[0], header[1], header[2], header[3], header[4], header[6]);
        var vocabulary = Math.Abs((long)header[5]);
        if (hidden < 1 || heads < 1 || hidden % heads != 0 || vocabulary is < 1 or > int.MaxValue) throw NotLlama2c(file.Path);
        var shape = new ModelShape
        {
            Architecture = "llama",
            Layers = layers,
            HiddenSize = hidden,
            Heads = heads,
            KvHeads = kvHeads,
            HeadSize = hidden / heads,
            FeedForwardSize = feedForward,
            VocabularySize = (int)vocabulary,
            ContextLength = context,
            // Constants of llama2.c's run.c.
            Epsilon = 1e-5f,
            Rope = Rope.FromBase(10_000, hidden / heads),
            InterleavedRope = true,
            TiedEmbeddings = header[5] > 0,
        };
        shape.Validate(file.Path);
        var tensors = ReadTensors(file, shape, context);
        var tokens = EmbeddedVocabulary.FromLlama2c(FindTokenizer(file.Path, (int)vocabulary), (int)vocabulary);
        return new SourceModel([file])
        {
            Path = file.Path,
            Shape = shape,
            Names = TensorNames.Gguf,
            Tensors = tensors,
            SpecialTokens = new SpecialTokens(tokens.Bos, tokens.Eos is { } eos ? [eos] : [], null),
            WriteTokenizer = folder => VocabularyFiles.Write(tokens, folder),
            License = LicenseFile.Find(Path.GetDirectoryName(Path.GetFullPath(file.Path))!),
        };
    }

    private static Dictionary<string, SourceTensor> ReadTensors(MappedFile file, ModelShape shape, int context)
    {
        var names = TensorNames.Gguf;
        var tensors = new Dictionary<string, SourceTensor>();
        long position = HeaderBytes;
        var kvSize = (long)shape.KvHeads * shape.HeadSize;
        Add(names.Embedding, shape.VocabularySize, shape.HiddenSize);
        AddPerLayer(names.AttentionNorm, shape.HiddenSize);
        AddPerLayer(names.Query, shape.HiddenSize, shape.HiddenSize);
        AddPerLayer(names.Key, kvSize, shape.HiddenSize);
        AddPerLayer(names.Value, kvSize, shape.HiddenSize);
        AddPerLayer(names.AttentionOutput, shape.HiddenSize, shape.HiddenSize);
        AddPerLayer(names.FeedForwardNorm, shape.HiddenSize);
        AddPerLayer(names.Gate, shape.FeedForwardSize, shape.HiddenSize);
        AddPerLayer(names.Down, shape.HiddenSize, shape.FeedForwardSize);
        AddPerLayer(names.Up, shape.FeedForwardSize, shape.HiddenSize);
        Add(names.FinalNorm, shape.HiddenSize);
        // Rotation tables, which follow from the head size.
        position += (long)context * shape.HeadSize * sizeof(float);
        if (!shape.TiedEmbeddings) Add(names.Output, shape.VocabularySize, shape.HiddenSize);
        if (position != file.Length) throw NotLlama2c(file.Path);
        return tensors;

        void AddPerLayer(string name, params long[] dimensions)
        {
            for (var layer = 0; layer < shape.Layers; layer++) Add(names.Layer(layer) + name, dimensions);
        }

        void Add(string name, params long[] dimensions)
        {
            var tensor = new SourceTensor(name + ".weight", ElementKind.F32, dimensions, file, position);
            tensors.Add(tensor.Name, tensor);
            position += tensor.Bytes;
        }
    }

    private static string FindTokenizer(string path, int vocabulary)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        return FindTokenizerIn(folder, vocabulary)
            ?? throw new ImportException($"{path} needs its tokenizer beside it: neither tok{vocabulary}.bin nor tokenizer.bin is in {folder}.");
    }

    /// <summary>llama2.c's tokenizer file of that vocabulary size in a folder, or null.</summary>
    public static string? FindTokenizerIn(string folder, int vocabulary) =>
        new[] { $"tok{vocabulary}.bin", "tokenizer.bin" }.Select(name => Path.Combine(folder, name)).FirstOrDefault(File.Exists);

    private static ImportException NotLlama2c(string path) =>
        new($"{path} is not a llama2.c model, or is damaged: its header and its size of bytes do not agree. Fetch it again.");
}
