using System.Text.Json.Serialization;

namespace Models.Store;

/// <summary>What a model is for.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ModelKind>))]
public enum ModelKind
{
    /// <summary>It answers: text in, text out. What a manifest that does not say is.</summary>
    [JsonStringEnumMemberName("decoder")] Decoder,

    /// <summary>Text in, a vector out.</summary>
    [JsonStringEnumMemberName("embedding")] Embedding,

    /// <summary>A question and a document in, how well they fit out.</summary>
    [JsonStringEnumMemberName("reranker")] Reranker,
}
