using System.Text.Json;
using System.Text.Json.Serialization;
using Models.Store;

namespace Models.Embedding;

/// <summary>
/// <c>encoder.json</c>: what an encoder's folder says of its graph, in one file instead of the five of sentence-transformers. Written by
/// the import. Immutable.
/// </summary>
internal sealed record EncoderConfig
{
    /// <summary>File name inside a model folder.</summary>
    public const string FileName = "encoder.json";

    /// <summary>The graph's file name.</summary>
    public const string GraphName = "model.onnx";

    /// <summary>Tokens of one run, padding included, and so of the longest text: attention takes memory by the square of a text's length.</summary>
    public const int MostTokens = 2048;

    /// <summary>Embedding or reranker.</summary>
    public required ModelKind Kind { get; init; }

    /// <summary>The output to read: a row a token [texts, tokens, dimensions], a row a text, or a number a text.</summary>
    public required string Output { get; init; }

    /// <summary>Whether the graph asks for the attention mask.</summary>
    public required bool TakesMask { get; init; }

    /// <summary>Whether the graph asks for token types: 0, and 1 in the second text of a pair.</summary>
    public required bool TakesTypes { get; init; }

    /// <summary>How token rows become one.</summary>
    public required Pooling Pooling { get; init; }

    /// <summary>Longest input, tokens, special ones included.</summary>
    public required int MaxTokens { get; init; }

    /// <summary>Length of a text's row.</summary>
    public required int Dimensions { get; init; }

    /// <summary>Token that fills shorter texts up.</summary>
    public required int PadToken { get; init; }

    /// <summary>Separators between the texts of a pair: BERT's one, RoBERTa's two.</summary>
    public required int PairSeparators { get; init; }

    /// <summary>
    /// Whether texts must run alone: graphs that quantize activations as they go scale a whole batch at once, so that a text's numbers would
    /// depend on its neighbours.
    /// </summary>
    public required bool RunsAlone { get; init; }

    /// <summary>Reads the description of a model folder.</summary>
    /// <exception cref="StoreException">It is missing or damaged.</exception>
    public static EncoderConfig Read(string folder)
    {
        var path = Path.Combine(folder, FileName);
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(path), EncoderConfigJson.Default.EncoderConfig)
                ?? throw new JsonException("it is empty");
        }
        catch (Exception e) when (e is IOException or JsonException or UnauthorizedAccessException)
        {
            throw new StoreException($"Cannot read {path}: {e.Message} Import or pull the model again.", e);
        }
    }

    /// <summary>Writes the description into a model folder.</summary>
    public void Write(string folder) =>
        File.WriteAllBytes(Path.Combine(folder, FileName), JsonSerializer.SerializeToUtf8Bytes(this, EncoderConfigJson.Default.EncoderConfig));
}

[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(EncoderConfig))]
internal sealed partial class EncoderConfigJson : JsonSerializerContext;
