using System.Text.Json.Nodes;

namespace TestKit;

/// <summary>
/// An encoder of one layer with seeded random weights, in the layout of sentence-transformers: what tests import. The graph is made of
/// ONNX's own operators, the tokenizer is a small WordPiece.
/// </summary>
public sealed record BertModel
{
    private const string Letters = "abcdefghijklmnopqrstuvwxyz0123456789";
    private static readonly string[] Words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "the", "dog", "cat", "house", "rain", "walk", "##ed", "##ing", "##s", ".", ",", "?"];

    /// <summary>The tokens, by id.</summary>
    public static IReadOnlyList<string> Vocabulary { get; } = [.. Words, .. Letters.Select(c => c.ToString()), .. Letters.Select(c => $"##{c}")];

    public int HiddenSize { get; init; } = 32;
    public int FeedForwardSize { get; init; } = 48;
    public int MaxTokens { get; init; } = 40;
    public float Epsilon { get; init; } = 1e-5f;
    public ulong Seed { get; init; } = 1;

    /// <summary>Scores pairs instead of returning token rows.</summary>
    public bool Reranker { get; init; }

    /// <summary>Quantizes the token rows as it goes, as int8 models do, with one scale for a whole batch.</summary>
    public bool Quantized { get; init; }

    /// <summary>mean_tokens, cls_token or max_tokens.</summary>
    public string Pooling { get; init; } = "mean_tokens";

    /// <summary>Every weight by name, with its shape.</summary>
    public IReadOnlyDictionary<string, (long[] Shape, float[] Values)> Weights
    {
        get
        {
            var random = new SeededRandom(Seed);
            var weights = new Dictionary<string, (long[], float[])>();
            Add("word", 0.5f, 0, Vocabulary.Count, HiddenSize);
            Add("position", 0.2f, 0, MaxTokens, HiddenSize);
            Add("type", 0.5f, 0, 2, HiddenSize);
            foreach (var norm in (string[])["norm0", "norm1", "norm2"])
            {
                Add(norm + ".scale", 0.2f, 1, HiddenSize);
                Add(norm + ".bias", 0.2f, 0, HiddenSize);
            }
            foreach (var (name, rows, columns) in ((string, int, int)[])
                [("query", HiddenSize, HiddenSize), ("key", HiddenSize, HiddenSize), ("value", HiddenSize, HiddenSize), ("output", HiddenSize, HiddenSize),
                    ("up", HiddenSize, FeedForwardSize), ("down", FeedForwardSize, HiddenSize), ("score", HiddenSize, 1)])
            {
                Add(name, 1.5f / MathF.Sqrt(rows), 0, rows, columns);
                Add(name + ".bias", 0.1f, 0, columns);
            }
            return weights;

            void Add(string name, float range, float middle, params long[] shape)
            {
                var values = new float[shape.Aggregate(1L, (a, b) => a * b)];
                foreach (ref var value in values.AsSpan()) value = middle + range * random.NextSigned();
                weights[name] = (shape, values);
            }
        }
    }

    /// <summary>Writes the folder.</summary>
    public void Save(string folder)
    {
        Directory.CreateDirectory(Path.Combine(folder, "onnx"));
        Directory.CreateDirectory(Path.Combine(folder, "1_Pooling"));
        BertGraph.Save(this, Path.Combine(folder, "onnx", Quantized ? "model_quantized.onnx" : "model.onnx"));
        Write("config.json", new JsonObject
        {
            ["model_type"] = "bert",
            ["architectures"] = new JsonArray(Reranker ? "BertForSequenceClassification" : "BertModel"),
            ["id2label"] = Reranker ? new JsonObject { ["0"] = "LABEL_0" } : null,
            ["hidden_size"] = HiddenSize,
            ["vocab_size"] = Vocabulary.Count,
            ["max_position_embeddings"] = MaxTokens,
            ["pad_token_id"] = 0,
        });
        Write("tokenizer.json", Tokenizer());
        Write("tokenizer_config.json", new JsonObject { ["tokenizer_class"] = "BertTokenizer" });
        if (Reranker) return;
        Write("modules.json", new JsonArray(Module(0, "", "Transformer"), Module(1, "1_Pooling", "Pooling"), Module(2, "2_Normalize", "Normalize")));
        Write("1_Pooling/config.json", new JsonObject { ["word_embedding_dimension"] = HiddenSize, ["pooling_mode_" + Pooling] = true });
        Write("sentence_bert_config.json", new JsonObject { ["max_seq_length"] = MaxTokens, ["do_lower_case"] = false });

        void Write(string name, JsonNode content) => File.WriteAllText(Path.Combine(folder, name), content.ToJsonString());

        static JsonObject Module(int index, string path, string type) =>
            new() { ["idx"] = index, ["name"] = $"{index}", ["path"] = path, ["type"] = $"sentence_transformers.models.{type}" };
    }

    private static JsonObject Tokenizer()
    {
        var vocabulary = new JsonObject();
        for (var id = 0; id < Vocabulary.Count; id++) vocabulary[Vocabulary[id]] = id;
        return new JsonObject
        {
            ["version"] = "1.0",
            ["added_tokens"] = new JsonArray([.. Vocabulary.Take(5).Select((content, id) =>
                new JsonObject { ["id"] = id, ["content"] = content, ["single_word"] = false, ["lstrip"] = false, ["rstrip"] = false, ["normalized"] = false, ["special"] = true })]),
            ["normalizer"] = new JsonObject { ["type"] = "BertNormalizer", ["clean_text"] = true, ["handle_chinese_chars"] = true, ["strip_accents"] = null, ["lowercase"] = true },
            ["pre_tokenizer"] = new JsonObject { ["type"] = "BertPreTokenizer" },
            ["post_processor"] = new JsonObject { ["type"] = "BertProcessing", ["sep"] = new JsonArray("[SEP]", 3), ["cls"] = new JsonArray("[CLS]", 2) },
            ["decoder"] = new JsonObject { ["type"] = "WordPiece", ["prefix"] = "##", ["cleanup"] = true },
            ["model"] = new JsonObject
            {
                ["type"] = "WordPiece",
                ["unk_token"] = "[UNK]",
                ["continuing_subword_prefix"] = "##",
                ["max_input_chars_per_word"] = 100,
                ["vocab"] = vocabulary,
            },
        };
    }
}
