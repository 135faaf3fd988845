using System.Text.Json;
using Models.Embedding;
using Models.Generation;

namespace Appliance.Http.OpenAi;

/// <summary>POST /v1/embeddings. Texts longer than the model takes are cut, as most servers of this API do; OpenAI's own refuses them.</summary>
internal sealed class Embeddings(IModelHost models)
{
    /// <summary>Embeds one text or several.</summary>
    public async Task HandleAsync(HttpContext context, CancellationToken cancellation)
    {
        JsonBody.RequireJsonContentType(context.Request);
        var request = await JsonBody.ReadAsync(context, OpenAiJson.Wire.EmbeddingsRequest, cancellation);
        var base64 = request.EncodingFormat switch
        {
            null or "float" => false,
            "base64" => true,
            _ => throw ApiException.BadRequest("encoding_format must be float or base64.", "encoding_format"),
        };
        var inputs = ReadInput(request.Input);
        var embedder = await models.Encoders.GetEmbedderAsync(request.Model is { Length: > 0 } name ? name : null, cancellation);
        context.RequireModel(embedder.Name);
        var made = await embedder.EmbedAsync(inputs, new EmbeddingSettings(request.Dimensions), cancellation);
        var answer = new EmbeddingList(
            embedder.Name,
            [.. made.Select((embedding, index) => new EmbeddingEntry(index, new EmbeddingVector(embedding.Vector, base64)))],
            new EmbeddingUsage(made.Usage?.InputTokenCount ?? 0));
        await JsonAnswer.WriteAsync(context, StatusCodes.Status200OK, answer, OpenAiJson.Wire.EmbeddingList);
    }

    private static List<EmbeddingInput> ReadInput(JsonElement input)
    {
        if (!input.IsPresent()) throw ApiException.BadRequest("input is required.", "input");
        var inputs = CompletionPrompt.ReadAll(input, "input", EmbeddingInputs.Most).Select(p => p.Tokens is null ? new EmbeddingInput(p.Text!) : new EmbeddingInput(p.Tokens)).ToList();
        if (inputs.Any(i => i.Text is "" || i.Tokens is [])) throw ApiException.BadRequest("input must not hold an empty text.", "input");
        return inputs;
    }
}
