using System.Text.Json;
using System.Text.Json.Serialization;

namespace Appliance.Http.OpenAi;

// The records of OpenAI's embeddings (API reference), and of reranking as Cohere's, Jina's and vLLM's references have in common.

/// <summary>Body of POST /v1/embeddings. The field <c>user</c> is read over.</summary>
internal sealed record EmbeddingsRequest(string? Model, JsonElement Input, string? EncodingFormat, int? Dimensions);

/// <summary>Answer of POST /v1/embeddings.</summary>
internal sealed record EmbeddingList(string Model, IReadOnlyList<EmbeddingEntry> Data, EmbeddingUsage Usage)
{
    public string Object { get; } = "list";
}

/// <summary>The vector of one input.</summary>
internal sealed record EmbeddingEntry(int Index, EmbeddingVector Embedding)
{
    public string Object { get; } = "embedding";
}

/// <summary>Tokens read.</summary>
internal sealed record EmbeddingUsage(long PromptTokens)
{
    public long TotalTokens => PromptTokens;
}

/// <summary>Body of POST /v1/rerank; a document is a string or an object with a <c>text</c>.</summary>
internal sealed record RerankRequest(string? Model, string? Query, List<JsonElement>? Documents, int? TopN, bool? ReturnDocuments);

/// <summary>Answer of POST /v1/rerank.</summary>
internal sealed record RerankAnswer(string Id, string Model, IReadOnlyList<RerankResult> Results, EmbeddingUsage Usage);

/// <summary>One document's place.</summary>
internal sealed record RerankResult(int Index, double RelevanceScore)
{
    /// <summary>Only where it was asked for.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public RerankDocument? Document { get; init; }
}

/// <summary>The document itself.</summary>
internal sealed record RerankDocument(string Text);
