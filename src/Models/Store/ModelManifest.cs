using System.Text.Json;
using System.Text.Json.Serialization;

namespace Models.Store;

/// <summary>What the store knows of one installed model; written last, as <c>manifest.json</c>, so a folder without it is not a model.</summary>
public sealed record ModelManifest
{
    /// <summary>File name inside a model folder.</summary>
    public const string FileName = "manifest.json";

    /// <summary>The layout this program writes, and the newest it reads.</summary>
    public const int CurrentVersion = 1;

    /// <summary>Layout of this manifest.</summary>
    public int Version { get; init; } = CurrentVersion;

    /// <summary>The name it is asked for by; letters, digits and <c>. _ - :</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Where it came from, as the owner typed it (a path, a URL, <c>hf:…</c>, <c>ollama:…</c>).</summary>
    public required string Source { get; init; }

    /// <summary>What it is for; manifests from before there were others do not say.</summary>
    public ModelKind Kind { get; init; }

    /// <summary>llama, qwen2, qwen3 or phi3; for a GenAI folder made elsewhere, its own <c>type</c>; for an encoder, its <c>model_type</c>.</summary>
    public required string Architecture { get; init; }

    /// <summary>Number of weights.</summary>
    public required long Parameters { get; init; }

    /// <summary>none (float32), int8, int4, or a mixture such as <c>int4+int8</c>.</summary>
    public required string Quantization { get; init; }

    /// <summary>Longest context the model was trained for, tokens.</summary>
    public required int ContextLength { get; init; }

    /// <summary>Licence as the model file states it; null where it says nothing.</summary>
    public string? License { get; init; }

    /// <summary>When it was installed, UTC.</summary>
    public required DateTimeOffset InstalledAt { get; init; }

    /// <summary>Every file of the model with its size and SHA-256, in name order; <c>models verify</c> checks them.</summary>
    public required IReadOnlyList<ModelFile> Files { get; init; }

    /// <summary>Reads the manifest of a model folder.</summary>
    /// <exception cref="JsonException">It is damaged, or a newer version of the program wrote it.</exception>
    /// <exception cref="IOException">It cannot be read; a <see cref="FileNotFoundException"/> or <see cref="DirectoryNotFoundException"/>
    /// where there is none.</exception>
    internal static ModelManifest Read(string folder)
    {
        using var stream = File.OpenRead(Path.Combine(folder, FileName));
        var manifest = JsonSerializer.Deserialize(stream, ModelManifestJson.Default.ModelManifest);
        return manifest is { Version: > 0 and <= CurrentVersion } ? manifest
            : throw new JsonException(manifest is null ? "it is empty" : $"its layout is version {manifest.Version}, this program reads up to {CurrentVersion}");
    }

    internal void Write(string folder)
    {
        using var stream = File.Create(Path.Combine(folder, FileName));
        JsonSerializer.Serialize(stream, this, ModelManifestJson.Default.ModelManifest);
    }
}

/// <summary>One file of an installed model.</summary>
/// <param name="Name">File name inside the model's folder.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Sha256">Lower-case hexadecimal.</param>
public sealed record ModelFile(string Name, long Size, string Sha256);

/// <summary>A model that is installed and whole.</summary>
/// <param name="Manifest">What the store knows of it.</param>
/// <param name="Folder">Full path of its folder, a decoder's in ONNX Runtime GenAI's layout.</param>
public sealed record InstalledModel(ModelManifest Manifest, string Folder);

[JsonSourceGenerationOptions(
    WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(ModelManifest))]
internal sealed partial class ModelManifestJson : JsonSerializerContext;
