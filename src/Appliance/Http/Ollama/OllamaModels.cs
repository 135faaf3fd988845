using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Appliance.Hosting;
using Models.Generation;
using Models.Store;

namespace Appliance.Http.Ollama;

/// <summary>GET /api/tags, GET /api/ps, POST /api/show and GET /api/version.</summary>
internal sealed class OllamaModels(ModelDoor door)
{
    /// <summary>Clients want a time also for a model that stays loaded until the server ends.</summary>
    private static readonly DateTime Never = new(9999, 12, 31, 0, 0, 0, DateTimeKind.Utc);

    private readonly IModelHost _models = door.Models;

    /// <summary>Every installed model, and those elsewhere that are configured: as names without a size.</summary>
    public Task TagsAsync(HttpContext context) => WriteAsync(context, _models.Store.List().Select(ToTag).Concat(door.Elsewhere.Select(ToTag)));

    /// <summary>The models in memory.</summary>
    public Task LoadedAsync(HttpContext context) => WriteAsync(
        context, _models.Loaded.Select(l => (Loaded: l, Installed: _models.Store.Find(l.Name))).Where(m => m.Installed is not null).Select(
            m => ToTag(m.Installed!) with { Size = m.Loaded.Bytes, ExpiresAt = m.Loaded.ExpiresAt?.UtcDateTime ?? Never, SizeVram = 0 }));

    /// <summary>This program's version.</summary>
    public static Task VersionAsync(HttpContext context) => JsonAnswer.WriteAsync(
        context, StatusCodes.Status200OK, new VersionAnswer(ProductVersion.Text), OllamaJson.Wire.VersionAnswer);

    /// <summary>What the store knows of a model.</summary>
    public async Task ShowAsync(HttpContext context, CancellationToken cancellation)
    {
        var request = await JsonBody.ReadAsync(context, OllamaJson.Wire.ShowRequest, cancellation);
        var name = request.Model is { Length: > 0 } ? request.Model : request.Name;
        if (string.IsNullOrEmpty(name)) throw ApiException.BadRequest("model is required.", "model");
        var manifest = _models.Store.Get(name).Manifest;
        var info = new Dictionary<string, JsonElement>
        {
            ["general.architecture"] = JsonSerializer.SerializeToElement(manifest.Architecture, OllamaJson.Wire.String),
            ["general.parameter_count"] = JsonSerializer.SerializeToElement(manifest.Parameters, OllamaJson.Wire.Int64),
            [$"{manifest.Architecture}.context_length"] = JsonSerializer.SerializeToElement(manifest.ContextLength, OllamaJson.Wire.Int32),
        };
        await JsonAnswer.WriteAsync(context, StatusCodes.Status200OK,
            new ShowAnswer(manifest.License, ToDetails(manifest), info, manifest.InstalledAt.UtcDateTime, [CapabilityOf(manifest.Kind)]), OllamaJson.Wire.ShowAnswer);
    }

    private static Task WriteAsync(HttpContext context, IEnumerable<Tag> tags) =>
        JsonAnswer.WriteAsync(context, StatusCodes.Status200OK, new TagList([.. tags]), OllamaJson.Wire.TagList);

    private static Tag ToTag(InstalledModel model)
    {
        var manifest = model.Manifest;
        // Ollama's is the hash of its manifest; one over the files says the same: whether two models are one.
        var files = string.Concat(manifest.Files.Select(f => $"{f.Name} {f.Sha256}\n"));
        var digest = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(files)));
        return new(manifest.Name, manifest.InstalledAt.UtcDateTime, manifest.Files.Sum(f => f.Size), digest, ToDetails(manifest));
    }

    private static Tag ToTag(string elsewhere) => new(elsewhere, DateTime.UnixEpoch, 0, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(elsewhere))), new("", "", ""));

    // Ollama has no word for rerankers.
    private static string CapabilityOf(ModelKind kind) => kind switch { ModelKind.Decoder => "completion", ModelKind.Embedding => "embedding", _ => "rerank" };

    private static Details ToDetails(ModelManifest manifest) =>
        new(manifest.Architecture, DescribeParameters(manifest.Parameters), manifest.Quantization);

    /// <summary>As Ollama writes them: 656K, 494.03M, 8.0B.</summary>
    private static string DescribeParameters(long count) => count switch
    {
        >= 1_000_000_000 => (count / 1e9).ToString("0.0", CultureInfo.InvariantCulture) + "B",
        >= 1_000_000 => (count / 1e6).ToString("0.00", CultureInfo.InvariantCulture) + "M",
        >= 1_000 => (count / 1e3).ToString("0.##", CultureInfo.InvariantCulture) + "K",
        _ => count.ToString(CultureInfo.InvariantCulture),
    };
}
