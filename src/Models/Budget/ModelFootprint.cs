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
    private const long ProgramBytes = 88L << 20;
    private const int TokenizerFactor = 14;
    private const int ActivationFactor = 40;

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

    /// <summary>Weights of matrices, in number; what a quantization changes.</summary>
    public required long MatrixWeights { get; init; }

    /// <summary>Layers times key and value heads.</summary>
    public required int KvHeads { get; init; }

    /// <summary>Dimensions of a head.</summary>
    public required int HeadSize { get; init; }

    /// <summary>Longest context of the model, tokens.</summary>
    public required int ContextLength { get; init; }

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

    /// <summary>Buffers of one step: a chunk of prompt beside a token of every other sequence.</summary>
    public long StepBytes(int chunk, int sequences) => (chunk + sequences) * ActivationBytesPerToken + sequences * LogitsBytes;

    /// <summary>In all with one sequence of so many tokens, kept as float32.</summary>
    public long At(int tokens, int chunk = 256) => Fixed + StepBytes(chunk, 1) + tokens * KvBytesPerToken(KvType.Float32);

    /// <summary>
    /// What it would take before the first token with its matrices in 4 bits, used where they are mapped; norms, rotary tables and the
    /// embedding's scales are a tenth more at most.
    /// </summary>
    public long FixedInt4 => Program + TokenizerBytes + (long)(MatrixWeights * BytesPerInt4 * 1.1);

    /// <summary>A weight of 4 bits and its share of a float16 scale.</summary>
    public const double BytesPerInt4 = 0.5 + 2.0 / 32;

    /// <summary>Reads a model folder.</summary>
    /// <exception cref="StoreException">Its configuration cannot be read.</exception>
    /// <exception cref="OnnxRuntimeException">Its graph is damaged.</exception>
    public static ModelFootprint Of(string folder)
    {
        var config = GenAiConfig.Read(folder);
        var decoder = config.Model.Decoder;
        var graph = GraphMemory.Read(ReadGraph(Path.Combine(folder, decoder.FileName)), config.Model.VocabSize);
        var tokenizer = new FileInfo(Path.Combine(folder, "tokenizer.json"));
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
