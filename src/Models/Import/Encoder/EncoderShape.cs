using Models.Embedding;
using Models.Import.Safetensors;
using Models.Store;

namespace Models.Import.Encoder;

/// <summary>What the files of an encoder's folder say of it: transformers' config.json and those of sentence-transformers. Immutable.</summary>
internal sealed record EncoderShape
{
    /// <summary>The file that every such folder has.</summary>
    public const string ConfigName = "config.json";

    private static readonly HashSet<string> Roberta = ["roberta", "xlm-roberta", "camembert", "mpnet"];
    private static readonly HashSet<string> Types = [.. Roberta, "bert", "distilbert", "electra", "albert", "deberta", "deberta-v2", "modernbert", "nomic_bert"];

    /// <summary>bert, distilbert and so on.</summary>
    public required string Type { get; init; }

    /// <summary>Embedding or reranker.</summary>
    public required ModelKind Kind { get; init; }

    /// <summary>Width of the token rows.</summary>
    public required int HiddenSize { get; init; }

    /// <summary>Rows of the token table.</summary>
    public required int VocabularySize { get; init; }

    /// <summary>Longest input, tokens.</summary>
    public required int MaxTokens { get; init; }

    /// <summary>Token that fills up.</summary>
    public required int PadToken { get; init; }

    /// <summary>How token rows become one.</summary>
    public required Pooling Pooling { get; init; }

    /// <summary>Separators between the texts of a pair.</summary>
    public int PairSeparators => Roberta.Contains(Type) ? 2 : 1;

    /// <summary>Whether config.json describes an encoder.</summary>
    public static bool IsEncoder(string folder)
    {
        var config = ConfigJson.Read(Path.Combine(folder, ConfigName));
        return config.FindString("model_type") is { } type ? Types.Contains(type) : config.Strings("architectures").Any(IsEncoderName);
    }

    /// <summary>Whether the name of a class of transformers is that of an encoder, as far as names tell: BertModel, XLMRobertaForMaskedLM.</summary>
    public static bool IsEncoderName(string architecture) =>
        architecture.Contains("Bert", StringComparison.OrdinalIgnoreCase) || architecture.StartsWith("MPNet", StringComparison.Ordinal)
        || architecture.StartsWith("Electra", StringComparison.Ordinal);

    /// <summary>Reads the description.</summary>
    /// <exception cref="ImportException">A file is damaged, or asks for what is not supported; the message names it.</exception>
    public static EncoderShape Read(string folder)
    {
        var config = ConfigJson.Read(Path.Combine(folder, ConfigName));
        var type = config.FindString("model_type") ?? "bert";
        var pad = config.FindInt32("pad_token_id") ?? 0;
        // RoBERTa counts positions from behind the padding token's id.
        var positions = (config.FindInt32("max_position_embeddings") ?? 512) - (Roberta.Contains(type) ? pad + 1 : 0);
        var most = ReadOrNull(folder, "sentence_bert_config.json")?.FindInt32("max_seq_length") ?? positions;
        var shape = new EncoderShape
        {
            Type = type,
            Kind = KindOf(config, folder),
            HiddenSize = config.FindInt32("hidden_size") ?? config.Int32("dim"),
            VocabularySize = config.Int32("vocab_size"),
            MaxTokens = Math.Min(Math.Min(most, positions), EncoderConfig.MostTokens),
            PadToken = pad,
            Pooling = ReadPooling(folder),
        };
        if (shape is not { HiddenSize: > 0 and <= 65536, VocabularySize: > 0, MaxTokens: >= 8 } || pad < 0 || pad >= shape.VocabularySize)
            throw new ImportException($"{folder}/{ConfigName} states a hidden size of {shape.HiddenSize}, {shape.VocabularySize} tokens, the padding token {pad} and a longest input of {shape.MaxTokens}, which cannot be.");
        RequireKnownModules(folder);
        return shape;
    }

    private static ModelKind KindOf(ConfigJson config, string folder)
    {
        if (!config.Strings("architectures").Any(name => name.EndsWith("ForSequenceClassification", StringComparison.Ordinal))) return ModelKind.Embedding;
        var labels = config.CountMembers("id2label") is > 0 and var count ? count : config.FindInt32("num_labels") ?? 2;
        return labels == 1 ? ModelKind.Reranker
            : throw new ImportException($"{folder} sorts texts into {labels} classes; only rerankers, which have one, are supported.");
    }

    // sentence-transformers before version 5 writes a flag for each mode, later ones may write pooling_mode.
    private static Pooling ReadPooling(string folder)
    {
        var config = ReadOrNull(folder, Path.Combine("1_Pooling", ConfigName)) ?? ReadOrNull(folder, "1_Pooling_" + ConfigName);
        if (config is null) return Pooling.Mean;
        var chosen = new[] { "mean_tokens", "cls_token", "max_tokens", "mean_sqrt_len_tokens", "weightedmean_tokens", "lasttoken" }
            .Where(mode => config.FindBool("pooling_mode_" + mode) == true).ToList();
        return string.Join('+', chosen) is { Length: > 0 } mode ? Parse(mode) : Parse(config.FindString("pooling_mode") ?? "mean");

        Pooling Parse(string mode) => mode switch
        {
            "mean_tokens" or "mean" => Pooling.Mean,
            "cls_token" or "cls" => Pooling.Cls,
            "max_tokens" or "max" => Pooling.Max,
            _ => throw new ImportException($"{folder} pools by {mode}, which is not supported; mean, cls and max are."),
        };
    }

    // Vectors are brought to length 1 whether a Normalize module is there or not: stored vectors are compared by their cosine.
    private static void RequireKnownModules(string folder)
    {
        var path = Path.Combine(folder, "modules.json");
        if (!File.Exists(path)) return;
        foreach (var type in ConfigJson.ReadList(path).Select(module => module.FindString("type")?.Split('.')[^1]))
        {
            if (type is not ("Transformer" or "Pooling" or "Normalize"))
                throw new ImportException($"{folder}/modules.json has a module {type}, which is not supported; Transformer, Pooling and Normalize are.");
        }
    }

    private static ConfigJson? ReadOrNull(string folder, string name) => Path.Combine(folder, name) is var path && File.Exists(path) ? ConfigJson.Read(path) : null;
}
