namespace Models.Catalogue;

/// <summary>
/// Models that are worth a look on a small box, smallest first: each of an architecture that the importer reads, in a quantization that it
/// takes. Gemma is not among them, for the importer does not read it. It is a list of <see cref="Date"/>, repositories, files, sizes and licences, most of
/// it held against what public lists say of them; what is pulled is what its source has then.
/// </summary>
public static class ModelCatalogue
{
    /// <summary>When it was written.</summary>
    public const string Date = "2026-11-26";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<CatalogueModel> All { get; } =
    [
        new("smollm2-135m", "hf:bartowski/SmolLM2-135M-Instruct-GGUF:Q8_0", 134_515_008, 144_800_000, 8, "Apache-2.0") { Layers = 30, KvHeads = 3, HeadSize = 64, Widest = 1536, Vocabulary = 49_152, ContextLength = 8192 },
        new("smollm2-360m", "hf:HuggingFaceTB/SmolLM2-360M-Instruct-GGUF:q8_0", 361_821_120, 386_400_000, 8, "Apache-2.0") { Layers = 32, KvHeads = 5, HeadSize = 64, Widest = 2560, Vocabulary = 49_152, ContextLength = 8192 },
        new("qwen2.5-0.5b", "hf:Qwen/Qwen2.5-0.5B-Instruct-GGUF:q4_0", 494_032_768, 428_700_000, 4, "Apache-2.0") { Layers = 24, KvHeads = 2, HeadSize = 64, Widest = 4864, Vocabulary = 151_936, ContextLength = 32_768 },
        new("qwen3-0.6b", "hf:Qwen/Qwen3-0.6B-GGUF:Q8_0", 596_049_920, 639_400_000, 8, "Apache-2.0") { Layers = 28, KvHeads = 8, HeadSize = 128, Widest = 3072, Vocabulary = 151_936, ContextLength = 32_768 },
        new("llama3.2-1b", "hf:bartowski/Llama-3.2-1B-Instruct-GGUF:Q4_0", 1_235_814_400, 773_000_000, 4, "Llama 3.2") { Layers = 16, KvHeads = 8, HeadSize = 64, Widest = 8192, Vocabulary = 128_256, ContextLength = 131_072 },
        new("qwen2.5-1.5b", "hf:Qwen/Qwen2.5-1.5B-Instruct-GGUF:q4_0", 1_543_714_304, 1_070_000_000, 4, "Apache-2.0") { Layers = 28, KvHeads = 2, HeadSize = 128, Widest = 8960, Vocabulary = 151_936, ContextLength = 32_768 },
        new("smollm2-1.7b", "hf:HuggingFaceTB/SmolLM2-1.7B-Instruct-GGUF:q4_k_m", 1_711_376_384, 1_060_000_000, 4, "Apache-2.0") { Layers = 24, KvHeads = 32, HeadSize = 64, Widest = 8192, Vocabulary = 49_152, ContextLength = 8192 },
        new("qwen3-1.7b", "hf:Qwen/Qwen3-1.7B-GGUF:Q8_0", 1_720_574_976, 1_830_000_000, 8, "Apache-2.0") { Layers = 28, KvHeads = 8, HeadSize = 128, Widest = 6144, Vocabulary = 151_936, ContextLength = 32_768 },
        new("qwen2.5-3b", "hf:Qwen/Qwen2.5-3B-Instruct-GGUF:q4_0", 3_085_938_688, 2_000_000_000, 4, "Qwen Research") { Layers = 36, KvHeads = 2, HeadSize = 128, Widest = 11_008, Vocabulary = 151_936, ContextLength = 32_768 },
        new("llama3.2-3b", "hf:bartowski/Llama-3.2-3B-Instruct-GGUF:Q4_0", 3_212_749_888, 1_920_000_000, 4, "Llama 3.2") { Layers = 28, KvHeads = 8, HeadSize = 128, Widest = 8192, Vocabulary = 128_256, ContextLength = 131_072 },
        new("phi3-mini", "hf:microsoft/Phi-3-mini-4k-instruct-gguf:q4", 3_821_079_552, 2_390_000_000, 4, "MIT") { Layers = 32, KvHeads = 32, HeadSize = 96, Widest = 8192, Vocabulary = 32_064, ContextLength = 4096 },
        new("qwen3-4b", "hf:Qwen/Qwen3-4B-GGUF:Q4_K_M", 4_022_468_096, 2_500_000_000, 4, "Apache-2.0") { Layers = 36, KvHeads = 8, HeadSize = 128, Widest = 9728, Vocabulary = 151_936, ContextLength = 32_768 },
        new("mistral-7b", "hf:bartowski/Mistral-7B-Instruct-v0.3-GGUF:Q4_K_M", 7_248_023_552, 4_370_000_000, 4, "Apache-2.0") { Layers = 32, KvHeads = 8, HeadSize = 128, Widest = 14_336, Vocabulary = 32_768, ContextLength = 32_768 },
        new("qwen3-8b", "hf:Qwen/Qwen3-8B-GGUF:Q4_K_M", 8_190_735_360, 5_030_000_000, 4, "Apache-2.0") { Layers = 36, KvHeads = 8, HeadSize = 128, Widest = 12_288, Vocabulary = 151_936, ContextLength = 32_768 },
    ];

    /// <summary>The model of that name, or null.</summary>
    public static CatalogueModel? Find(string name) => All.FirstOrDefault(model => model.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
}
