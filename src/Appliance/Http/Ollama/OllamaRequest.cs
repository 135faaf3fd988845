using System.Text.Json;
using Microsoft.Extensions.AI;

namespace Appliance.Http.Ollama;

/// <summary>The fields Ollama's chat and generate share.</summary>
internal abstract record OllamaRequest
{
    public string? Model { get; init; }
    public bool? Stream { get; init; }
    public JsonElement Format { get; init; }
    public OllamaOptions? Options { get; init; }
    public bool? Logprobs { get; init; }
    public JsonElement KeepAlive { get; init; }

    /// <summary>Refuses what this server cannot do.</summary>
    /// <exception cref="ApiException">400, naming the field.</exception>
    public string RequireSupported()
    {
        if (Logprobs == true) throw ApiException.NotSupported("logprobs", "logprobs are not supported yet.");
        return string.IsNullOrEmpty(Model) ? throw ApiException.BadRequest("model is required.", "model") : Model;
    }

    /// <summary>The form the answer must have, or null for any.</summary>
    /// <exception cref="ApiException">400: neither "json" nor a schema.</exception>
    public ChatResponseFormat? ToResponseFormat()
    {
        if (!Format.IsPresent() || Format.Is("")) return null;
        if (Format.Is("json")) return ChatResponseFormat.Json;
        return Format.ValueKind == JsonValueKind.Object ? ChatRequests.ToSchemaFormat(Format, "format")
            : throw ApiException.BadRequest("format must be \"json\" or a JSON schema.", "format");
    }

    /// <summary>How long the model stays loaded after this request, or null to leave it as it is.</summary>
    /// <exception cref="ApiException">400: neither seconds nor a duration.</exception>
    public TimeSpan? ToKeepAlive() => ToKeepAlive(KeepAlive);

    /// <summary>The same of any request's <c>keep_alive</c>.</summary>
    public static TimeSpan? ToKeepAlive(JsonElement keepAlive)
    {
        if (!keepAlive.IsPresent() || keepAlive.Is("")) return null;
        if (keepAlive.ValueKind == JsonValueKind.Number && keepAlive.TryGetDouble(out var seconds)) return global::Models.Generation.KeepAlive.FromSeconds(seconds);
        return keepAlive.ValueKind == JsonValueKind.String && global::Models.Generation.KeepAlive.TryParse(keepAlive.GetString()!, out var time) ? time
            : throw ApiException.BadRequest("keep_alive must be seconds or a duration such as \"5m\".", "keep_alive");
    }

    /// <summary>Pictures, in base64 each; none where the field is left out.</summary>
    /// <exception cref="ApiException">400, naming the field.</exception>
    public static IEnumerable<SentPicture> ToPictures(JsonElement images, string parameter)
    {
        if (!images.IsPresent()) return [];
        if (images.ValueKind != JsonValueKind.Array) throw ApiException.BadRequest($"{parameter} must be a list of pictures in base64.", parameter);
        return images.EnumerateArray().Select((image, i) => SentPicture.OfBase64(image, $"{parameter}[{i}]"));
    }
}
