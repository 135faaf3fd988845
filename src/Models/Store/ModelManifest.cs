namespace Models.Store;

/// <summary>What the store knows of one installed model; written last, as <c>manifest.json</c>, so a folder without it is not a model.</summary>
public sealed record ModelManifest
{
    /// <summary>The name it is asked for by; letters, digits and <c>. _ - :</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Where it came from, as the owner typed it (a path, a URL, <c>hf:…</c>, <c>ollama:…</c>).</summary>
    public required string Source { get; init; }

    /// <summary>llama, qwen2, qwen3 or phi3; for a GenAI folder made elsewhere, its own <c>type</c>.</summary>
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
}

/// <summary>One file of an installed model.</summary>
/// <param name="Name">File name inside the model's folder.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Sha256">Lower-case hexadecimal.</param>
public sealed record ModelFile(string Name, long Size, string Sha256);

/// <summary>A model that is installed and whole.</summary>
/// <param name="Manifest">What the store knows of it.</param>
/// <param name="Folder">Full path of its folder, in ONNX Runtime GenAI's layout.</param>
public sealed record InstalledModel(ModelManifest Manifest, string Folder);
