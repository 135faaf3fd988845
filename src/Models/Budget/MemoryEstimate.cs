using Models.Store;

namespace Models.Budget;

/// <summary>What a model needs in memory, known before it is loaded. Bytes.</summary>
/// <param name="Weights">Weights, with the tables and copies ONNX Runtime makes of some of them when it loads.</param>
/// <param name="KvPerToken">Keys and values of one token.</param>
/// <param name="Working">Everything else: the library, activations of one prefill chunk, logits.</param>
/// <param name="ContextLength">Longest context of the model, tokens.</param>
public sealed record MemoryEstimate(long Weights, long KvPerToken, long Working, int ContextLength)
{
    /// <summary>Estimates a model folder.</summary>
    /// <exception cref="StoreException">Its configuration cannot be read.</exception>
    public static MemoryEstimate For(string folder)
    {
        var config = GenAiConfig.Read(folder);
        var decoder = config.Model.Decoder;
        var onDisk = Directory.EnumerateFiles(folder, decoder.FileName + "*").Sum(file => new FileInfo(file).Length);
        return new MemoryEstimate(
            // Measured with 0.5B int4 weights: 290 MB on disk, 500 MB at most, of which 64 MB are Working.
            Weights: onDisk + onDisk / 2,
            KvPerToken: 2L * decoder.NumHiddenLayers * decoder.NumKeyValueHeads * decoder.HeadSize * sizeof(float),
            Working: 64L << 20,
            config.Model.ContextLength);
    }

    /// <summary>Bytes with so many tokens in the context.</summary>
    public long At(int tokens) => Weights + Working + KvPerToken * tokens;

    /// <summary>Most tokens of context that fit so many bytes, at most the model's own; 0 where not even the weights fit.</summary>
    public int TokensIn(long bytes) => (int)Math.Clamp((bytes - Weights - Working) / Math.Max(1, KvPerToken), 0, ContextLength);

    /// <summary>Refuses a model that does not fit into so many bytes with a context of at least 512 tokens.</summary>
    /// <exception cref="ModelException">It does not fit; the message says how much it needs, how much there is and what would fit.</exception>
    public void Require(string name, long available)
    {
        var least = At(Math.Min(512, ContextLength));
        if (least <= available) return;
        throw new ModelException(
            $"{name} needs {Megabytes(least)} of memory and {Megabytes(available)} are available. " +
            $"A model of at most {Megabytes(Math.Max(0, available - Working) * 2 / 3)} on disk would fit; free memory, or import it again with --quantize int4.");
    }

    private static string Megabytes(long bytes) => $"{(bytes + (1 << 20) - 1) >> 20} MB";
}
