using System.Text.Json;
using Models.Generation;

namespace Appliance.Http.OpenAi;

/// <summary>POST /v1/rerank: not OpenAI's but the form Cohere, Jina and vLLM share.</summary>
internal sealed class Rerank(IModelHost models)
{
    /// <summary>Orders documents by how well they answer a query, the best first.</summary>
    public async Task HandleAsync(HttpContext context, CancellationToken cancellation)
    {
        JsonBody.RequireJsonContentType(context.Request);
        var request = await JsonBody.ReadAsync(context, OpenAiJson.Wire.RerankRequest, cancellation);
        if (string.IsNullOrEmpty(request.Query)) throw ApiException.BadRequest("query is required.", "query");
        if (request.Documents is not { Count: > 0 and <= EmbeddingInputs.Most })
            throw ApiException.BadRequest($"documents must be a list of 1 to {EmbeddingInputs.Most}.", "documents");
        if (request.TopN < 1) throw ApiException.BadRequest("top_n must be at least 1.", "top_n");
        var documents = request.Documents.Select((document, i) => ToText(document, $"documents[{i}]")).ToList();

        var reranker = await models.Encoders.GetRerankerAsync(request.Model is { Length: > 0 } name ? name : null, cancellation);
        context.RequireModel(reranker.Name);
        var made = await reranker.ScoreAsync(request.Query, documents, cancellation);
        var results = made.Scores
            .Select((score, index) => new RerankResult(index, score) { Document = request.ReturnDocuments == true ? new RerankDocument(documents[index]) : null })
            .OrderByDescending(result => result.RelevanceScore).Take(request.TopN ?? int.MaxValue);
        var answer = new RerankAnswer(new AnswerHead("rerank-", reranker.Name).Id, reranker.Name, [.. results], new EmbeddingUsage(made.Tokens));
        await JsonAnswer.WriteAsync(context, StatusCodes.Status200OK, answer, OpenAiJson.Wire.RerankAnswer);
    }

    // A string, or an object with the text in it.
    private static string ToText(JsonElement document, string at) =>
        document.ValueKind == JsonValueKind.Object && document.TryGetProperty("text", out var text) ? text.ToText($"{at}.text") : document.ToText(at);
}
