using System.Text.Json;
using System.Text.Json.Serialization;

namespace Models.Store;

/// <summary>Hugging Face's answer to <c>/api/models/OWNER/REPO?blobs=true</c>, as far as it is used.</summary>
internal sealed record HuggingFaceModel(
    [property: JsonPropertyName("siblings")] IReadOnlyList<HuggingFaceFile> Siblings,
    [property: JsonPropertyName("sha")] string? Commit = null,
    [property: JsonPropertyName("cardData")] JsonElement? Card = null,
    [property: JsonPropertyName("config")] HuggingFaceConfig? Config = null);

/// <summary>What the host read out of the repository's config.json.</summary>
internal sealed record HuggingFaceConfig([property: JsonPropertyName("architectures")] IReadOnlyList<string?>? Architectures = null);

/// <summary>A file of a repository; <c>lfs</c> is there for large ones.</summary>
internal sealed record HuggingFaceFile(
    [property: JsonPropertyName("rfilename")] string Path,
    [property: JsonPropertyName("size")] long? Size = null,
    [property: JsonPropertyName("lfs")] HuggingFaceLfs? Lfs = null);

/// <summary>Where a large file is stored.</summary>
internal sealed record HuggingFaceLfs(
    [property: JsonPropertyName("sha256")] string? Sha256 = null,
    [property: JsonPropertyName("size")] long? Size = null);

/// <summary>A manifest of an Ollama registry, as far as it is used.</summary>
internal sealed record OllamaManifest([property: JsonPropertyName("layers")] IReadOnlyList<OllamaLayer> Layers);

/// <summary>A layer of a manifest.</summary>
internal sealed record OllamaLayer(
    [property: JsonPropertyName("mediaType")] string MediaType,
    [property: JsonPropertyName("digest")] string Digest,
    [property: JsonPropertyName("size")] long? Size = null);

[JsonSourceGenerationOptions(RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(HuggingFaceModel))]
[JsonSerializable(typeof(OllamaManifest))]
internal sealed partial class SourceJson : JsonSerializerContext;
