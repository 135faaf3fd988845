using System.Text.Json;
using Microsoft.Extensions.AI;

namespace Appliance.Http.Ollama;

/// <summary>The fields Ollama's chat and generate share. keep_alive is read over: models stay loaded.</summary>
internal abstract record OllamaRequest
{
    public string? Model { get; init; }
    public bool? Stream { get; init; }
    public JsonElement Format { get; init; }
    public OllamaOptions? Options { get; init; }
    public bool? Logprobs { get; init; }

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

    /// <summary>Refuses images.</summary>
    public static void RequireNoImages(JsonElement images, string parameter)
    {
        if (images.IsPresent() && !(images.ValueKind == JsonValueKind.Array && images.GetArrayLength() == 0))
            throw ApiException.NotSupported(parameter, $"{parameter} are not supported: this server reads text only.");
    }
}
