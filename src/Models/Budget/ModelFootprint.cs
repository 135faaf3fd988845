using Models.Embedding;
using Models.Onnx;
using Models.Onnx.Attention;
using Models.Store;

namespace Models.Budget;

/// <summary>What a model needs in memory, known before it is loaded. Bytes.</summary>
public sealed record ModelFootprint
{
    // Measured on the reference machine, int4, int8 and float models of 0.6 to 494 million weights (2026-11-25): the process with ONNX
    // Runtime loaded has 72 to 78 MB, and a heap that is collected late some more; a tokenizer takes up to 14 times its file; one token of a step takes 24 to 38 bytes for each
    // column of the widest matrix, in several buffers at once.
    private const long ProgramBytes = 94L << 20;
    private const string TokenizerName = "tokenizer.json";
    private const int TokenizerFactor = 14;
    private const int ActivationFactor = 40;

    // An encoder's run: its scores are 12 heads of float32 for each pair of tokens, two and a half times beside what else there is.
    // Reckoned, not measured.
    private const int EncoderPairBytes = 128;

    /// <summary>Weights used where the file is mapped. The kernel could drop these pages, but every token needs all of them.</summary>
    public required long MappedBytes { get; init; }

    /// <summary>Copies of weights that ONNX Runtime makes when it loads: repacked for its kernels, or converted.</summary>
    public required long PrivateBytes { get; init; }

    /// <summary>The program with ONNX Runtime; there once, however many models are loaded.</summary>
    public long Program { get; init; } = ProgramBytes;

    /// <summary>Tokenizer, templates and grammars.</summary>
    public required long TokenizerBytes { get; init; }

    /// <summary>Activations of one token of a step.</summary>
    public required long ActivationBytesPerToken { get; init; }

    /// <summary>Logits of one sequence.</summary>
    public required long LogitsBytes { get; init; }

    /// <summary>The longest run of an encoder, which it gives back after each; 0 for a decoder.</summary>
    public long RunBytes { get; init; }

    /// <summary>Weights of matrices, in number; what a quantization changes.</summary>
    public required long MatrixWeights { get; init; }

    /// <summary>Layers times key and value heads.</summary>
    public required int KvHeads { get; init; }

    /// <summary>Dimensions of a head.</summary>
    public required int HeadSize { get; init; }

    /// <summary>Longest context of the model, tokens.</summary>
    public required int ContextLength { get; init; }

    /// <summary>Whether it keeps nothing from one run to the next.</summary>
    public bool IsEncoder => KvHeads == 0;

    /// <summary>What is there before the first token: program, weights, tokenizer.</summary>
    public long Fixed => Program + MappedBytes + PrivateBytes + TokenizerBytes;

    /// <summary>
    /// Whether keys and values in 8 bits are worth their error: every head keeps a float32 scale, so a small head saves little, and
    /// blocks hold multiples of 8.
    /// </summary>
    public bool SuitsInt8 => HeadSize >= 32 && HeadSize % 8 == 0;

    /// <summary>Keys and values of one token (<see cref="KvType.Int8"/> with its two scales a head).</summary>
    public long KvBytesPerToken(KvType type) => type switch
    {
        KvType.Float32 => 2L * KvHeads * HeadSize * sizeof(float),
        KvType.Float16 => 2L * KvHeads * HeadSize * 2,
        _ => 2L * KvHeads * (HeadSize + sizeof(float)),
    };

    /// <summary>Buffers of one step: a chunk of prompt beside a token of every other sequence, or an encoder's run.</summary>
    public long StepBytes(int chunk, int sequences) => RunBytes + (chunk + sequences) * ActivationBytesPerToken + sequences * LogitsBytes;

    /// <summary>In all with one sequence of so many tokens, kept as float32.</summary>
    public long At(int tokens, int chunk = 256) => Fixed + StepBytes(chunk, 1) + tokens * KvBytesPerToken(KvType.Float32);

    /// <summary>
    /// What it would take before the first token with its matrices in 4 bits, used where they are mapped; norms, rotary tables and the
    /// embedding's scales are a tenth more at most.
    /// </summary>
    public long FixedInt4 => Program + TokenizerBytes + (long)(MatrixWeights * BytesPerInt4 * 1.1);

    /// <summary>A weight of 4 bits and its share of a float16 scale.</summary>
    public const double BytesPerInt4 = 0.5 + 2.0 / 32;

    /// <summary>Reads what an installed model needs.</summary>
    /// <exception cref="StoreException">Its configuration cannot be read.</exception>
    /// <exception cref="OnnxRuntimeException">Its graph is damaged.</exception>
    public static ModelFootprint Of(InstalledModel model) => model.Manifest.Kind == ModelKind.Decoder ? Of(model.Folder) : OfEncoder(model.Manifest);

    /// <summary>Reads a decoder's folder.</summary>
    /// <exception cref="StoreException">Its configuration cannot be read.</exception>
    /// <exception cref="OnnxRuntimeException">Its graph is damaged.</exception>
    public static ModelFootprint Of(string folder)
    {
        var config = GenAiConfig.Read(folder);
        var decoder = config.Model.Decoder;
        var graph = GraphMemory.Read(ReadGraph(Path.Combine(folder, decoder.FileName)), config.Model.VocabSize);
        var tokenizer = new FileInfo(Path.Combine(folder, TokenizerName));
        return new ModelFootprint
        {
            MappedBytes = graph.MappedBytes,
            PrivateBytes = graph.PrivateBytes,
            TokenizerBytes = tokenizer.Exists ? tokenizer.Length * TokenizerFactor : 0,
            ActivationBytesPerToken = ActivationFactor * Math.Max(graph.WidestRow, decoder.HiddenSize),
            LogitsBytes = config.Model.VocabSize * (long)sizeof(float),
            MatrixWeights = graph.MatrixWeights,
            KvHeads = decoder.NumHiddenLayers * decoder.NumKeyValueHeads,
            HeadSize = decoder.HeadSize,
            ContextLength = config.Model.ContextLength,
        };
    }

    // An encoder's graph is copied as it is read, and half of it again when it is repacked.
    private static ModelFootprint OfEncoder(ModelManifest manifest)
    {
        var graph = SizeOf(name => name.StartsWith("model", StringComparison.Ordinal));
        return new ModelFootprint
        {
            MappedBytes = 0,
            PrivateBytes = graph + graph / 2,
            TokenizerBytes = SizeOf(name => name == TokenizerName) * TokenizerFactor,
            ActivationBytesPerToken = 0,
            LogitsBytes = 0,
            RunBytes = (long)EncoderConfig.MostTokens * manifest.ContextLength * EncoderPairBytes,
            MatrixWeights = manifest.Parameters,
            KvHeads = 0,
            HeadSize = 0,
            ContextLength = manifest.ContextLength,
        };

        long SizeOf(Func<string, bool> isMeant) => manifest.Files.Where(file => isMeant(file.Name)).Sum(file => file.Size);
    }

    private static byte[] ReadGraph(string path)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StoreException($"Cannot read {path}: {e.Message}", e);
        }
    }
}
