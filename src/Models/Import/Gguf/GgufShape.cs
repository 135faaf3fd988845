using Models.Import.Sources;
using Models.Import.Weights;

namespace Models.Import.Gguf;

/// <summary>What a GGUF file says of its decoder (llama.cpp's keys).</summary>
internal static class GgufShape
{
    /// <summary>Reads the description.</summary>
    /// <exception cref="ImportException">A key is missing, out of range or of an unsupported kind.</exception>
    public static ModelShape Read(GgufKeys keys, IReadOnlyDictionary<string, SourceTensor> tensors, int vocabularySize)
    {
        var hidden = keys.Int32("embedding_length");
        var heads = keys.Int32("attention.head_count");
        if (hidden < 1 || heads < 1) throw keys.Unsupported($"{heads} heads over a hidden size of {hidden}");
        var headSize = keys.FindInt32("attention.key_length") ?? hidden / heads;
        if (keys.FindInt32("attention.value_length") is { } valueSize && valueSize != headSize) throw keys.Unsupported("value heads of another size than key heads");
        var context = keys.Int32("context_length");
        return new ModelShape
        {
            Architecture = keys.Architecture,
            Layers = keys.Int32("block_count"),
            HiddenSize = hidden,
            Heads = heads,
            KvHeads = keys.FindInt32("attention.head_count_kv") ?? heads,
            HeadSize = headSize,
            FeedForwardSize = keys.Int32("feed_forward_length"),
            VocabularySize = vocabularySize,
            ContextLength = context,
            Epsilon = (float)(keys.FindNumber("attention.layer_norm_rms_epsilon") ?? throw keys.Unsupported("a norm without attention.layer_norm_rms_epsilon")),
            Rope = ReadRope(keys, tensors, keys.FindInt32("rope.dimension_count") ?? headSize, context),
            // llama.cpp's converter reorders query and key rows of this architecture for its interleaved rotation.
            InterleavedRope = keys.Architecture == "llama",
            HasHeadNorms = keys.Architecture == "qwen3",
            TiedEmbeddings = !tensors.ContainsKey(TensorNames.Gguf.Output + ".weight"),
            SlidingWindow = keys.FindInt32("attention.sliding_window") is > 0 and var window ? window : null,
        };
    }

    private static Rope ReadRope(GgufKeys keys, IReadOnlyDictionary<string, SourceTensor> tensors, int size, int context)
    {
        var rope = Rope.FromBase(keys.FindNumber("rope.freq_base") ?? 10_000, size);
        if (tensors.TryGetValue("rope_freqs.weight", out var factors)) rope = rope.Divide(Factors(factors));
        switch (keys.FindString("rope.scaling.type"))
        {
            case null or "none" or "longrope":
                break;
            case "linear":
                rope = rope.Linear(keys.FindNumber("rope.scaling.factor") ?? 1);
                break;
            case var type:
                throw keys.Unsupported($"rotary scaling of type {type}");
        }
        if (!tensors.TryGetValue("rope_factors_short.weight", out var shortFactors) || !tensors.TryGetValue("rope_factors_long.weight", out var longFactors)) return rope;
        var original = keys.FindInt32("rope.scaling.original_context_length") ?? context;
        return rope.LongRope(Factors(shortFactors), Factors(longFactors), original,
            keys.FindNumber("rope.scaling.attn_factor") ?? Rope.LongRopeMagnitude(context, original));
    }

    // One factor per pair; a hostile tensor of another length is refused before it is read.
    private static double[] Factors(SourceTensor tensor) =>
        tensor.Rows == 1 && tensor.Columns <= Rope.LargestHead / 2
            ? [.. tensor.ReadVector().Select(f => (double)f)]
            : throw new ImportException($"Tensor {tensor.Name} has {tensor.Count:N0} numbers; one per pair of dimensions is expected.");
}
