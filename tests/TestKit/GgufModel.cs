
namespace TestKit;

/// <summary>How the weight matrices of a <see cref="GgufModel"/> are stored; the values are ggml's numbers.</summary>
public enum GgufKind : uint
{
    F32 = 0,
    F16 = 1,
    Q4_0 = 2,
    Q8_0 = 8,
}

/// <summary>
/// A decoder of any size with seeded random weights and a small valid byte-level tokenizer, written as GGUF: what tests import, and
/// what a benchmark runs here and in llama.cpp alike.
/// </summary>
public sealed record GgufModel
{
    /// <summary>llama, qwen2, qwen3 or phi3.</summary>
    public string Architecture { get; init; } = "llama";
    public int Layers { get; init; } = 2;
    public int HiddenSize { get; init; } = 64;
    public int Heads { get; init; } = 4;
    public int KvHeads { get; init; } = 2;
    public int HeadSize { get => field > 0 ? field : HiddenSize / Heads; init; }

    /// <summary>Dimensions of a head that are rotated.</summary>
    public int RotarySize { get => field > 0 ? field : HeadSize; init; }
    public int FeedForwardSize { get; init; } = 128;

    /// <summary>Rows of the embedding; at least <see cref="SmallestVocabulary"/>.</summary>
    public int VocabularySize { get; init; } = SmallestVocabulary;
    public int ContextLength { get; init; } = 512;
    public float RopeBase { get; init; } = 10_000;
    public float Epsilon { get; init; } = 1e-5f;
    public bool Tied { get; init; } = true;
    public GgufKind Kind { get; init; } = GgufKind.F32;

    /// <summary>Kind of the embedding table, where it differs.</summary>
    public GgufKind? EmbeddingKind { get; init; }
    public ulong Seed { get; init; } = 1;

    /// <summary>Tokens of the tokenizer: one per byte and three special ones.</summary>
    public const int SmallestVocabulary = 259;

    /// <summary>The shape of Qwen2.5-0.5B (494 million weights).</summary>
    public static GgufModel Qwen25Half { get; } = new()
    {
        Architecture = "qwen2",
        Layers = 24,
        HiddenSize = 896,
        Heads = 14,
        KvHeads = 2,
        FeedForwardSize = 4864,
        VocabularySize = 151_936,
        ContextLength = 32_768,
        RopeBase = 1_000_000,
        Epsilon = 1e-6f,
        Kind = GgufKind.Q4_0,
    };

    /// <summary>Writes the file.</summary>
    public void Save(string path) => ToWriter().Save(path);

    /// <summary>The file before it is written, so that a test can add to it.</summary>
    public GgufWriter ToWriter()
    {
        var writer = new GgufWriter();
        AddDescription(writer);
        AddTokenizer(writer);
        var random = new SeededRandom(Seed);
        // Kept small enough that activations of many random layers stay finite.
        var deviation = 0.024f * MathF.Sqrt(896f / HiddenSize);
        var residual = deviation / MathF.Sqrt(2f * Layers);
        var (queryRows, kvRows) = (Heads * HeadSize, KvHeads * HeadSize);

        Matrix("token_embd", VocabularySize, HiddenSize, deviation, EmbeddingKind ?? Kind);
        Ones("output_norm", HiddenSize);
        if (!Tied) Matrix("output", VocabularySize, HiddenSize, deviation, EmbeddingKind ?? Kind);
        for (var layer = 0; layer < Layers; layer++)
        {
            var prefix = $"blk.{layer}.";
            Ones(prefix + "attn_norm", HiddenSize);
            Ones(prefix + "ffn_norm", HiddenSize);
            if (Architecture == "phi3")
            {
                Matrix(prefix + "attn_qkv", queryRows + 2 * kvRows, HiddenSize, deviation);
                Matrix(prefix + "ffn_up", 2 * FeedForwardSize, HiddenSize, deviation);
            }
            else
            {
                Projection(prefix + "attn_q", queryRows);
                Projection(prefix + "attn_k", kvRows);
                Projection(prefix + "attn_v", kvRows);
                Matrix(prefix + "ffn_gate", FeedForwardSize, HiddenSize, deviation);
                Matrix(prefix + "ffn_up", FeedForwardSize, HiddenSize, deviation);
            }
            if (Architecture == "qwen3")
            {
                Ones(prefix + "attn_q_norm", HeadSize);
                Ones(prefix + "attn_k_norm", HeadSize);
            }
            Matrix(prefix + "attn_output", HiddenSize, queryRows, residual);
            Matrix(prefix + "ffn_down", HiddenSize, FeedForwardSize, residual);
        }
        return writer;

        void Projection(string name, int rows)
        {
            Matrix(name, rows, HiddenSize, deviation);
            if (Architecture != "qwen2") return;
            writer.AddTensor(name + ".bias", [rows], [.. Enumerable.Range(0, rows).Select(_ => 0.1f * random.NextSigned())]);
        }

        // Norm weights near one, not one, so that a norm in the wrong place shows.
        void Ones(string name, int length) =>
            writer.AddTensor(name + ".weight", [length], [.. Enumerable.Range(0, length).Select(_ => 1 + 0.1f * random.NextSigned())]);

        void Matrix(string name, int rows, int columns, float size, GgufKind? kind = null)
        {
            var seed = random.NextBits();
            var stored = kind ?? Kind;
            writer.AddTensor(name + ".weight", (uint)stored, [rows, columns], RandomWeights.Bytes(stored, (long)rows * columns),
                stream => RandomWeights.Write(stream, stored, (long)rows * columns, size, new SeededRandom(seed)));
        }
    }

    private void AddDescription(GgufWriter writer) => writer
        .Add("general.architecture", Architecture)
        .Add("general.name", "random")
        .Add("general.license", "mit")
        .Add("general.file_type", Kind switch { GgufKind.F32 => 0u, GgufKind.F16 => 1u, GgufKind.Q4_0 => 2u, _ => 7u })
        .Add("general.quantization_version", 2u)
        .Add(Architecture + ".context_length", (uint)ContextLength)
        .Add(Architecture + ".embedding_length", (uint)HiddenSize)
        .Add(Architecture + ".block_count", (uint)Layers)
        .Add(Architecture + ".feed_forward_length", (uint)FeedForwardSize)
        .Add(Architecture + ".attention.head_count", (uint)Heads)
        .Add(Architecture + ".attention.head_count_kv", (uint)KvHeads)
        .Add(Architecture + ".attention.key_length", (uint)HeadSize)
        .Add(Architecture + ".attention.value_length", (uint)HeadSize)
        .Add(Architecture + ".rope.dimension_count", (uint)RotarySize)
        .Add(Architecture + ".rope.freq_base", RopeBase)
        .Add(Architecture + ".attention.layer_norm_rms_epsilon", Epsilon);

    // GPT-2's byte-level alphabet: printable Latin-1 bytes are themselves, the others are moved past 255.
    private void AddTokenizer(GgufWriter writer)
    {
        const int Normal = 1, Control = 3, Unused = 5;
        var tokens = new List<string>(VocabularySize);
        var moved = 0;
        for (var value = 0; value < 256; value++)
            tokens.Add(((char)(value is (> 32 and < 127) or (> 160 and not 173) ? value : 256 + moved++)).ToString());
        tokens.AddRange(["<|endoftext|>", "<|im_start|>", "<|im_end|>"]);
        while (tokens.Count < VocabularySize) tokens.Add($"<|unused_{tokens.Count}|>");
        writer.Add("tokenizer.ggml.model", "gpt2")
            .Add("tokenizer.ggml.pre", "qwen2")
            .Add("tokenizer.ggml.tokens", tokens)
            .Add("tokenizer.ggml.token_type", [.. tokens.Select((_, id) => id < 256 ? Normal : id < SmallestVocabulary ? Control : Unused)])
            .Add("tokenizer.ggml.merges", (IReadOnlyCollection<string>)[])
            .Add("tokenizer.ggml.bos_token_id", 256u)
            .Add("tokenizer.ggml.eos_token_id", 258u)
            .Add("tokenizer.ggml.add_bos_token", false)
            .Add("tokenizer.chat_template",
                "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>\\n' }}{% endfor %}"
                + "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}");
    }
}
