using System.Net;

namespace Models.Store;

/// <summary>
/// Models in Ollama's registry or one like it: <c>NAME</c>, <c>NAME:TAG</c>, <c>OWNER/NAME:TAG</c>. It speaks the pull half of the OCI
/// distribution API: a manifest lists layers by digest, and the one of type <c>application/vnd.ollama.image.model</c> is a GGUF file.
/// </summary>
internal sealed class OllamaRegistry(HttpClient client, PullHosts hosts, DownloadLimits limits)
{
    private const string ManifestType = "application/vnd.docker.distribution.manifest.v2+json, application/vnd.oci.image.manifest.v1+json;q=0.9";
    private const string LayerPrefix = "application/vnd.ollama.image.";

    /// <summary>Finds out what to fetch.</summary>
    public async Task<PullPlan> PlanAsync(string reference, CancellationToken cancellation)
    {
        var colon = reference.IndexOf(':');
        var (path, tag) = colon < 0 ? (reference, "latest") : (reference[..colon], reference[(colon + 1)..]);
        var parts = path.Split('/');
        if (parts.Length > 2 || !parts.All(IsPart) || !IsPart(tag))
            throw new StoreException($"'ollama:{reference}' is not an Ollama model: write ollama:NAME, ollama:NAME:TAG or ollama:OWNER/NAME:TAG.");
        var repository = parts.Length == 1 ? $"library/{path}" : path;
        var registry = hosts.OllamaRegistry;

        var query = new RemoteFile($"{path}:{tag}", new Uri($"{registry}/v2/{repository}/manifests/{tag}"), null, null)
        {
            Explain = response => Explain(response, path, tag),
        };
        var manifest = await HttpAnswer.GetJsonAsync(client, query, ManifestType, SourceJson.Default.OllamaManifest, limits, cancellation);
        var layers = manifest.Layers.OfType<OllamaLayer>().ToList();
        if (layers.Exists(layer => layer.MediaType == LayerPrefix + "adapter"))
            throw new StoreException($"ollama:{reference} is an adapter on top of another model; adapters cannot be imported.");
        var model = layers.Find(layer => layer.MediaType == LayerPrefix + "model")
            ?? throw new StoreException($"ollama:{reference} holds no GGUF model.");
        var sha256 = model.Digest.StartsWith("sha256:", StringComparison.Ordinal) ? Downloader.Sha256OrNull(model.Digest["sha256:".Length..]) : null;
        if (sha256 is null) throw new StoreException($"{registry} names the model by a digest that is not a SHA-256.");

        var name = colon < 0 ? parts[^1] : $"{parts[^1]}:{tag}";
        var file = query with
        {
            Name = RemoteFile.LocalName(name + ".gguf"),
            Address = new Uri($"{registry}/v2/{repository}/blobs/sha256:{sha256}"),
            Size = model.Size,
            Sha256 = sha256,
        };
        return new PullPlan(ModelName.FromPath(name), [file]);
    }

    private static string? Explain(HttpResponseMessage response, string name, string tag) => response.StatusCode switch
    {
        HttpStatusCode.NotFound => $"There is no model '{name}' with the tag '{tag}' there. Check the spelling.",
        HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => $"'{name}:{tag}' is private or does not exist; private models of a registry cannot be pulled.",
        _ => null,
    };

    private static bool IsPart(string text) => text.Length > 0 && text is not ("." or "..") && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');
}
