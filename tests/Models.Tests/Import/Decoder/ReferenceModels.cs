using TestKit;

namespace Models.Tests.Import.Decoder;

/// <summary>Small random models, one per thing a decoder may do differently, for which llama.cpp's own answers are kept.</summary>
internal static class ReferenceModels
{
    // Beyond it the LongRoPE model takes its long factors. llama.cpp rounds contexts up to 256 tokens.
    private const int OriginalContext = 256;

    /// <summary>The models by name; the same seed always makes the same file.</summary>
    public static IReadOnlyDictionary<string, Func<GgufWriter>> All { get; } = new Dictionary<string, Func<GgufWriter>>
    {
        ["llama"] = () => new GgufModel().ToWriter(),
        ["llama-untied"] = () => new GgufModel { Tied = false, KvHeads = 4, Seed = 2 }.ToWriter(),
        ["llama-small-heads"] = () => new GgufModel { Heads = 8, KvHeads = 4, Seed = 3 }.ToWriter(),
        ["llama-odd-width"] = () => new GgufModel { HiddenSize = 48, Heads = 3, KvHeads = 3, FeedForwardSize = 80, Seed = 4 }.ToWriter(),
        ["llama-rope-factors"] = () => new GgufModel { Seed = 5 }.ToWriter().AddTensor("rope_freqs.weight", [8], [1, 1, 1, 2, 4, 8, 8, 8]),
        ["llama-linear"] = () => new GgufModel { Seed = 6 }.ToWriter().Add("llama.rope.scaling.type", "linear").Add("llama.rope.scaling.factor", 4f),
        ["qwen2"] = () => new GgufModel { Architecture = "qwen2", RopeBase = 1_000_000, Seed = 7 }.ToWriter(),
        ["qwen3"] = () => new GgufModel { Architecture = "qwen3", HeadSize = 32, Seed = 8 }.ToWriter(),
        ["phi3"] = () => new GgufModel { Architecture = "phi3", Seed = 9 }.ToWriter(),
        ["phi3-partial"] = () => new GgufModel { Architecture = "phi3", HeadSize = 32, Heads = 2, KvHeads = 1, RotarySize = 24, Seed = 10 }.ToWriter(),
        ["phi3-short"] = () => LongRope(11),
        ["phi3-long"] = () => LongRope(12),
    };

    /// <summary>Tokens of the KV cache the answers were made with.</summary>
    public static int Capacity(string name) => name == "phi3-long" ? 2 * OriginalContext : OriginalContext;

    /// <summary>The prompt of every model.</summary>
    public static int[] Prompt { get; } = [.. Enumerable.Range(0, 40).Select(i => (i * 37 + 11) % 250)];

    private static GgufWriter LongRope(ulong seed) => new GgufModel { Architecture = "phi3", HeadSize = 32, Heads = 2, KvHeads = 1, Seed = seed }.ToWriter()
        .Add("phi3.rope.scaling.original_context_length", (uint)OriginalContext)
        .Add("phi3.rope.scaling.attn_factor", 1.19f)
        .AddTensor("rope_factors_short.weight", [16], [.. Enumerable.Range(0, 16).Select(i => 1 + i * 0.05f)])
        .AddTensor("rope_factors_long.weight", [16], [.. Enumerable.Range(0, 16).Select(i => 1 + i * 0.9f)]);
}
