using Models.Import.Sources;

namespace Models.Import.Safetensors;

/// <summary>What config.json says of a decoder (transformers' configuration classes).</summary>
internal static class HuggingFaceShape
{
    /// <summary>Reads the description.</summary>
    /// <exception cref="ImportException">The architecture or something it uses is not supported; the message names it.</exception>
    public static ModelShape Read(ConfigJson config, string folder)
    {
        var type = config.FindString("model_type") ?? throw new ImportException($"{folder}/config.json does not state its model_type.");
        if (type is not ("llama" or "mistral" or "qwen2" or "qwen3" or "phi3"))
            throw new ImportException($"{folder} is a {type} model, which is not supported. Supported are llama (also Mistral and SmolLM), qwen2, qwen3 and phi3.");
        if (config.FindObject("quantization_config") is { } quantization)
            throw Unsupported($"weights already quantized with {quantization.FindString("quant_method") ?? "an unknown method"}; take the model in F32, F16 or BF16, or as GGUF");
        if (config.FindString("hidden_act") is { } activation and not "silu") throw Unsupported($"the activation {activation}");

        var hidden = config.Int32("hidden_size");
        var heads = config.Int32("num_attention_heads");
        if (hidden < 1 || heads < 1) throw Unsupported($"{heads} heads over a hidden size of {hidden}");
        var headSize = config.FindInt32("head_dim") ?? hidden / heads;
        var context = config.Int32("max_position_embeddings");
        var window = type is "qwen2" or "qwen3" && config.FindBool("use_sliding_window") is not true ? null : config.FindInt32("sliding_window");
        if (window < context && config.FindInt32("max_window_layers") > 0) throw Unsupported("a sliding window on some of its layers");
        return new ModelShape
        {
            // Mistral is llama but for its window.
            Architecture = type == "mistral" ? "llama" : type,
            Layers = config.Int32("num_hidden_layers"),
            HiddenSize = hidden,
            Heads = heads,
            KvHeads = config.FindInt32("num_key_value_heads") ?? heads,
            HeadSize = headSize,
            FeedForwardSize = config.Int32("intermediate_size"),
            VocabularySize = config.Int32("vocab_size"),
            ContextLength = context,
            Epsilon = (float)config.Number("rms_norm_eps"),
            Rope = ReadRope(config, headSize, context, Unsupported),
            HasHeadNorms = type == "qwen3",
            TiedEmbeddings = config.FindBool("tie_word_embeddings") ?? false,
            SlidingWindow = window,
        };

        ImportException Unsupported(string what) => new($"{folder} uses {what}, which is not supported.");
    }

    // Newer versions of transformers write rope_parameters with rope_theta inside, older ones rope_theta and rope_scaling.
    private static Rope ReadRope(ConfigJson config, int headSize, int context, Func<string, ImportException> unsupported)
    {
        var parameters = config.FindObject("rope_parameters");
        var scaling = parameters ?? config.FindObject("rope_scaling");
        var theta = parameters?.FindNumber("rope_theta") ?? config.FindNumber("rope_theta") ?? 10_000;
        var partial = parameters?.FindNumber("partial_rotary_factor") ?? config.FindNumber("partial_rotary_factor") ?? 1;
        if (partial is not (> 0 and <= 1)) throw unsupported($"a partial_rotary_factor of {partial}");
        var rope = Rope.FromBase(theta, (int)(headSize * partial));
        switch (scaling?.FindString("rope_type") ?? scaling?.FindString("type"))
        {
            case null or "default":
                return rope;
            case "linear":
                return rope.Linear(scaling!.Number("factor"));
            case "llama3":
                return rope.Llama3(scaling!.Number("factor"), scaling.Number("low_freq_factor"), scaling.Number("high_freq_factor"),
                    scaling.Number("original_max_position_embeddings"));
            case "longrope" or "su":
                var original = config.FindInt32("original_max_position_embeddings") ?? scaling!.FindInt32("original_max_position_embeddings") ?? context;
                return rope.LongRope(scaling!.Numbers("short_factor"), scaling.Numbers("long_factor"), original,
                    scaling.FindNumber("attention_factor") ?? Rope.LongRopeMagnitude(context, original));
            case var type:
                throw unsupported($"rotary scaling of type {type}");
        }
    }
}
