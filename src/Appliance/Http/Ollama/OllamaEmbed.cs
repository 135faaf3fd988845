using System.Diagnostics;
using System.Text.Json;
using Microsoft.Extensions.AI;
using Models.Embedding;
using Models.Generation;

namespace Appliance.Http.Ollama;

/// <summary>POST /api/embed, and POST /api/embeddings, which it replaced.</summary>
internal sealed class OllamaEmbed(IModelHost models)
{
    /// <summary>Embeds one text or several; none only loads the model.</summary>
    public async Task EmbedAsync(HttpContext context, CancellationToken cancellation)
    {
        var started = Stopwatch.GetTimestamp();
        var request = await JsonBody.ReadAsync(context, OllamaJson.Wire.EmbedRequest, cancellation);
        var inputs = ReadInput(request.Input);
        var keepAlive = OllamaRequest.ToKeepAlive(request.KeepAlive);
        var embedder = await models.Encoders.GetEmbedderAsync(NameOf(request.Model), cancellation);
        context.RequireModel(embedder.Name);
        var loaded = Stopwatch.GetElapsedTime(started);
        var made = await embedder.EmbedAsync(inputs, new EmbeddingSettings(request.Dimensions, request.Truncate != false), cancellation);
        if (keepAlive is { } time) models.SetKeepAlive(embedder.Name, time);
        var answer = new EmbedAnswer(
            embedder.Name, Vectors(made), AnswerNumbers.ToNanoseconds(Stopwatch.GetElapsedTime(started)) ?? 0,
            AnswerNumbers.ToNanoseconds(loaded) ?? 0, made.Usage?.InputTokenCount ?? 0);
        await JsonAnswer.WriteAsync(context, StatusCodes.Status200OK, answer, OllamaJson.Wire.EmbedAnswer);
    }

    /// <summary>Embeds one text; an empty one only loads the model.</summary>
    public async Task EmbedOneAsync(HttpContext context, CancellationToken cancellation)
    {
        var request = await JsonBody.ReadAsync(context, OllamaJson.Wire.EmbeddingsRequest, cancellation);
        var keepAlive = OllamaRequest.ToKeepAlive(request.KeepAlive);
        var embedder = await models.Encoders.GetEmbedderAsync(NameOf(request.Model), cancellation);
        context.RequireModel(embedder.Name);
        var vector = string.IsNullOrEmpty(request.Prompt) ? default
            : (await embedder.EmbedAsync([new(request.Prompt)], new EmbeddingSettings(), cancellation))[0].Vector;
        if (keepAlive is { } time) models.SetKeepAlive(embedder.Name, time);
        await JsonAnswer.WriteAsync(context, StatusCodes.Status200OK, new EmbeddingsAnswer(vector), OllamaJson.Wire.EmbeddingsAnswer);
    }

    private static List<ReadOnlyMemory<float>> Vectors(GeneratedEmbeddings<Embedding<float>> made)
    {
        // No Select: every structure it yields costs the native file its combinations with all others, 100 kB and more.
        var vectors = new List<ReadOnlyMemory<float>>(made.Count);
        foreach (var embedding in made) vectors.Add(embedding.Vector);
        return vectors;
    }

    // Ollama has no default; here one is always there.
    private static string? NameOf(string? model) => string.IsNullOrEmpty(model) ? null : model;

    private static List<EmbeddingInput> ReadInput(JsonElement input)
    {
        if (!input.IsPresent() || input.Is("")) return [];
        if (input.ValueKind != JsonValueKind.Array) return [new(input.ToText("input"))];
        if (input.GetArrayLength() > EmbeddingInputs.Most) throw ApiException.BadRequest($"input takes at most {EmbeddingInputs.Most} texts.", "input");
        return [.. input.EnumerateArray().Select((text, i) => new EmbeddingInput(text.ToText($"input[{i}]")))];
    }
}
