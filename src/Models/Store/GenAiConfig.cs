using System.Text.Json;
using System.Text.Json.Serialization;

namespace Models.Store;

/// <summary>
/// <c>genai_config.json</c>, the description every model folder carries, in ONNX Runtime GenAI's own field names, so that the same
/// folder also loads there. Only what this program writes or reads is here; unknown fields of folders made elsewhere are ignored.
/// Members with a default have a setter: generated code gives init-only ones null where the file leaves them out.
/// </summary>
public sealed record GenAiConfig
{
    /// <summary>File name inside a model folder.</summary>
    public const string FileName = "genai_config.json";

    /// <summary>The model section.</summary>
    [JsonPropertyName("model")] public required GenAiModel Model { get; init; }

    /// <summary>The search defaults GenAI uses.</summary>
    [JsonPropertyName("search")] public GenAiSearch Search { get; set; } = new();

    /// <summary>Reads the configuration of a model folder.</summary>
    /// <exception cref="StoreException">The file is missing or not what GenAI's layout asks for.</exception>
    public static GenAiConfig Read(string folder)
    {
        var path = Path.Combine(folder, FileName);
        try
        {
            using var stream = File.OpenRead(path);
            var config = JsonSerializer.Deserialize(stream, GenAiConfigJson.Default.GenAiConfig);
            return config is { Search: not null, Model: { EosTokenId: not null, Decoder: { Inputs: not null, Outputs: not null, FileName: not null } } }
                ? config
                : throw new StoreException($"{path} lacks what a decoder needs: model, decoder, inputs, outputs or search is null.");
        }
        catch (Exception e) when (e is IOException or JsonException or UnauthorizedAccessException)
        {
            throw new StoreException($"Cannot read {path}: {e.Message}", e);
        }
    }

    /// <summary>Writes the configuration into a model folder.</summary>
    public void Write(string folder)
    {
        using var stream = File.Create(Path.Combine(folder, FileName));
        JsonSerializer.Serialize(stream, this, GenAiConfigJson.Default.GenAiConfig);
    }
}

/// <summary>The <c>model</c> section.</summary>
public sealed record GenAiModel
{
    /// <summary>Architecture: llama, qwen2, qwen3, phi3.</summary>
    [JsonPropertyName("type")] public required string Type { get; init; }

    /// <summary>Token that begins a sequence; null where the model has none.</summary>
    [JsonPropertyName("bos_token_id")] public int? BosTokenId { get; init; }

    /// <summary>Tokens that end an answer; GenAI accepts one number or a list, we write a list.</summary>
    [JsonPropertyName("eos_token_id"), JsonConverter(typeof(OneOrManyConverter))] public IReadOnlyList<int> EosTokenId { get; set; } = [];

    /// <summary>Padding token.</summary>
    [JsonPropertyName("pad_token_id")] public int? PadTokenId { get; init; }

    /// <summary>Longest context, tokens.</summary>
    [JsonPropertyName("context_length")] public required int ContextLength { get; init; }

    /// <summary>Rows of the logits.</summary>
    [JsonPropertyName("vocab_size")] public required int VocabSize { get; init; }

    /// <summary>The decoder graph.</summary>
    [JsonPropertyName("decoder")] public required GenAiDecoder Decoder { get; init; }
}

/// <summary>The <c>model.decoder</c> section: the graph's file, its dimensions, and the names of its inputs and outputs.</summary>
public sealed record GenAiDecoder
{
    /// <summary>The graph's file name.</summary>
    [JsonPropertyName("filename")] public string FileName { get; set; } = "model.onnx";

    /// <summary>Dimensions of one attention head in the KV cache.</summary>
    [JsonPropertyName("head_size")] public required int HeadSize { get; init; }

    /// <summary>Width of the residual stream.</summary>
    [JsonPropertyName("hidden_size")] public required int HiddenSize { get; init; }

    /// <summary>Query heads.</summary>
    [JsonPropertyName("num_attention_heads")] public required int NumAttentionHeads { get; init; }

    /// <summary>Layers.</summary>
    [JsonPropertyName("num_hidden_layers")] public required int NumHiddenLayers { get; init; }

    /// <summary>Key and value heads.</summary>
    [JsonPropertyName("num_key_value_heads")] public required int NumKeyValueHeads { get; init; }

    /// <summary>Input names.</summary>
    [JsonPropertyName("inputs")] public GenAiInputs Inputs { get; set; } = new();

    /// <summary>Output names.</summary>
    [JsonPropertyName("outputs")] public GenAiOutputs Outputs { get; set; } = new();

    /// <summary>Session options; GenAI requires the object to be there.</summary>
    [JsonPropertyName("session_options")] public GenAiSessionOptions SessionOptions { get; set; } = new();
}

/// <summary>Input names of the decoder; <c>%d</c> stands for the layer.</summary>
public sealed record GenAiInputs
{
    /// <summary>Token ids, int64 [batch, sequence].</summary>
    [JsonPropertyName("input_ids")] public string InputIds { get; set; } = "input_ids";

    /// <summary>Ones over past and present, int64 [batch, total].</summary>
    [JsonPropertyName("attention_mask")] public string AttentionMask { get; set; } = "attention_mask";

    /// <summary>Positions, int64 [batch, sequence]; null for graphs that work them out from the mask, as ours do.</summary>
    [JsonPropertyName("position_ids")] public string? PositionIds { get; init; }

    /// <summary>Past keys, [batch, kv heads, past, head size].</summary>
    [JsonPropertyName("past_key_names")] public string PastKeyNames { get; set; } = "past_key_values.%d.key";

    /// <summary>Past values, same shape.</summary>
    [JsonPropertyName("past_value_names")] public string PastValueNames { get; set; } = "past_key_values.%d.value";
}

/// <summary>Output names of the decoder; <c>%d</c> stands for the layer.</summary>
public sealed record GenAiOutputs
{
    /// <summary>Logits, float32 [batch, 1 or sequence, vocabulary].</summary>
    [JsonPropertyName("logits")] public string Logits { get; set; } = "logits";

    /// <summary>Present keys, [batch, kv heads, total, head size].</summary>
    [JsonPropertyName("present_key_names")] public string PresentKeyNames { get; set; } = "present.%d.key";

    /// <summary>Present values, same shape.</summary>
    [JsonPropertyName("present_value_names")] public string PresentValueNames { get; set; } = "present.%d.value";
}

/// <summary>Session options as GenAI reads them.</summary>
public sealed record GenAiSessionOptions
{
    /// <summary>Log prefix.</summary>
    [JsonPropertyName("log_id")] public string LogId { get; set; } = "onnxruntime-genai";

    /// <summary>Execution providers; empty means CPU.</summary>
    [JsonPropertyName("provider_options")] public IReadOnlyList<JsonElement> ProviderOptions { get; set; } = [];
}

/// <summary>The <c>search</c> section.</summary>
public sealed record GenAiSearch
{
    /// <summary>Sampling instead of greedy.</summary>
    [JsonPropertyName("do_sample")] public bool DoSample { get; init; }

    /// <summary>Longest sequence, tokens.</summary>
    [JsonPropertyName("max_length")] public int MaxLength { get; init; }

    /// <summary>One buffer for past and present KV, as GroupQueryAttention wants it.</summary>
    [JsonPropertyName("past_present_share_buffer")] public bool PastPresentShareBuffer { get; set; } = true;
}

/// <summary>Reads <c>7</c> and <c>[7, 8]</c> alike; writes a list.</summary>
internal sealed class OneOrManyConverter : JsonConverter<IReadOnlyList<int>>
{
    public override IReadOnlyList<int> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.Number) return [reader.GetInt32()];
        if (reader.TokenType != JsonTokenType.StartArray) throw new JsonException("expected a token id or a list of them");
        var ids = new List<int>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray) ids.Add(reader.GetInt32());
        return ids;
    }

    public override void Write(Utf8JsonWriter writer, IReadOnlyList<int> value, JsonSerializerOptions options)
    {
        writer.WriteStartArray();
        foreach (var id in value) writer.WriteNumberValue(id);
        writer.WriteEndArray();
    }
}

[JsonSourceGenerationOptions(WriteIndented = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(GenAiConfig))]
internal sealed partial class GenAiConfigJson : JsonSerializerContext;
