using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Models.Import.Encoder;

namespace Models.Store;

/// <summary>
/// Models on Hugging Face or a mirror that speaks its API: <c>OWNER/REPO</c> or <c>OWNER/REPO:FILE</c>, FILE being a file's path or a
/// quantization such as <c>Q4_K_M</c>. The API's <c>?blobs=true</c> gives each file's size and, for large ones, its SHA-256.
/// </summary>
internal sealed class HuggingFace(HttpClient client, PullHosts hosts, DownloadLimits limits)
{
    // Which quantization to take when none is named: repacked without loss first, then what keeps most in little.
    private static readonly string[] Preferred = ["Q4_0", "Q4_K_M", "Q8_0"];

    // What an importer can use of a safetensors repository, beside the weights.
    private static readonly HashSet<string> Companions =
    [
        "config.json", "generation_config.json", "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json",
        "chat_template.jinja", "tokenizer.model", "vocab.json", "merges.txt", "model.safetensors.index.json",
    ];

    private const string PoolingConfig = "1_Pooling/config.json";

    // The graph of an encoder, the smaller one first, and what goes with it.
    private static readonly string[] EncoderGraphs = ["onnx/model_quantized.onnx", "model_quantized.onnx", "onnx/model.onnx", "model.onnx"];
    private static readonly HashSet<string> EncoderCompanions =
    [
        "config.json", "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "modules.json", "sentence_bert_config.json", PoolingConfig,
    ];

    /// <summary>Finds out what to fetch.</summary>
    public async Task<PullPlan> PlanAsync(string reference, CancellationToken cancellation)
    {
        var colon = reference.IndexOf(':');
        var (repository, wanted) = colon < 0 ? (reference, null) : (reference[..colon], reference[(colon + 1)..]);
        if (repository.Split('/') is not [var owner, var name] || !IsPart(owner) || !IsPart(name) || wanted is "")
            throw new StoreException($"'hf:{reference}' is not a Hugging Face model: write hf:OWNER/REPO or hf:OWNER/REPO:FILE.");

        var query = new RemoteFile(repository, new Uri($"{hosts.HuggingFace}/api/models/{repository}?blobs=true"), null, null)
        {
            Authorization = hosts.HuggingFaceToken is { } token ? new AuthenticationHeaderValue("Bearer", token) : null,
            Explain = response => Explain(response, repository),
        };
        var answer = await HttpAnswer.GetJsonAsync(client, query, "application/json", SourceJson.Default.HuggingFaceModel, limits, cancellation);
        var encoder = answer.Config?.Architectures?.OfType<string>().Any(EncoderShape.IsEncoderName);
        var chosen = Choose(repository, [.. answer.Siblings.OfType<HuggingFaceFile>()], wanted, encoder);
        var files = chosen.Select(file => query with
        {
            // The one file that would meet another of its name.
            Name = file.Path == PoolingConfig ? PoolingConfig.Replace('/', '_') : RemoteFile.LocalName(file.Path),
            // The commit, where the API names it: then all files belong together even when the repository changes meanwhile.
            Address = new Uri($"{hosts.HuggingFace}/{repository}/resolve/{Uri.EscapeDataString(answer.Commit ?? "main")}/{EscapePath(file.Path)}"),
            Size = file.Lfs?.Size ?? file.Size,
            Sha256 = Downloader.Sha256OrNull(file.Lfs?.Sha256),
        });
        return new PullPlan(ModelName.FromPath(chosen.Count == 1 ? chosen[0].Path : name), [.. files]) { License = License(answer.Card) };
    }

    /// <summary>
    /// The files to fetch: the one asked for, or a GGUF by preference, or an encoder's graph with its companions, or safetensors with theirs.
    /// </summary>
    /// <param name="repository">Its name, for errors.</param>
    /// <param name="files">What it has.</param>
    /// <param name="wanted">A file or quantization; null leaves the choice open.</param>
    /// <param name="encoder">Whether it is an encoder; null where the host does not say.</param>
    internal static IReadOnlyList<HuggingFaceFile> Choose(string repository, IReadOnlyList<HuggingFaceFile> files, string? wanted, bool? encoder = null)
    {
        var ggufs = files.Where(f => IsModelGguf(f.Path)).OrderBy(f => f.Path, StringComparer.Ordinal).ToList();
        var whole = ggufs.Where(f => !IsSplit(f.Path)).ToList();
        if (wanted is not null)
        {
            var match = files.FirstOrDefault(f => f.Path == wanted) ?? whole.FirstOrDefault(f => HasQuantization(f.Path, wanted));
            if (match is not null) return match.Path.EndsWith(".onnx", StringComparison.Ordinal) ? WithCompanions(match, files) : [match];
            var there = ggufs.Count > 0 ? $" It has: {string.Join(", ", ggufs.Take(20).Select(f => f.Path))}." : "";
            throw new StoreException($"{repository} has no file and no quantization '{wanted}'.{there}");
        }
        foreach (var quantization in Preferred)
        {
            if (whole.FirstOrDefault(f => HasQuantization(f.Path, quantization)) is { } best) return [best];
        }
        if (whole.Count > 0) return [whole[0]];
        if (ggufs.Count > 0) throw new StoreException($"{repository} has GGUF files in several parts only; those cannot be imported. Look for one in one piece.");
        // sentence-transformers writes modules.json; without a word of the host, weights in safetensors beside a graph mean a decoder.
        encoder ??= files.Any(f => f.Path == "modules.json") || !files.Any(f => f.Path.EndsWith(".safetensors", StringComparison.Ordinal));
        if (encoder.Value && EncoderGraphs.Select(path => files.FirstOrDefault(f => f.Path == path)).FirstOrDefault(f => f is not null) is { } graph)
            return WithCompanions(graph, files);

        var root = files.Where(f => !f.Path.Contains('/')).ToList();
        var weights = root.Where(f => f.Path.EndsWith(".safetensors", StringComparison.Ordinal) && RemoteFile.LocalName(f.Path) == f.Path).ToList();
        // Some repositories hold the same weights twice, the second time as consolidated.safetensors.
        if (weights.Exists(f => f.Path.StartsWith("model", StringComparison.Ordinal))) weights.RemoveAll(f => !f.Path.StartsWith("model", StringComparison.Ordinal));
        if (weights.Count == 0 || !root.Exists(f => f.Path == "config.json"))
            throw new StoreException($"{repository} has nothing that can be imported: no GGUF file, no encoder's onnx/model.onnx, and no safetensors with a config.json.");
        return [.. root.Where(f => Companions.Contains(f.Path)), .. weights];
    }

    private static List<HuggingFaceFile> WithCompanions(HuggingFaceFile graph, IReadOnlyList<HuggingFaceFile> files) =>
        [.. files.Where(f => EncoderCompanions.Contains(f.Path) || f.Path == graph.Path + "_data" || f.Path == graph.Path + ".data"), graph];

    private static bool IsModelGguf(string path)
    {
        var name = Path.GetFileName(path);
        // mmproj files are the eyes of vision models, imatrix files statistics: GGUF, but not models.
        return name.EndsWith(".gguf", StringComparison.OrdinalIgnoreCase)
            && !name.Contains("mmproj", StringComparison.OrdinalIgnoreCase) && !name.Contains("imatrix", StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>True for <c>…-00001-of-00003.gguf</c>.</summary>
    private static bool IsSplit(string path) =>
        Path.GetFileNameWithoutExtension(path).Split('-') is [.., var part, "of", var parts] && part.All(char.IsAsciiDigit) && parts.All(char.IsAsciiDigit);

    /// <summary>True when the file's name ends with that quantization, as a word of its own.</summary>
    private static bool HasQuantization(string path, string quantization)
    {
        var name = Path.GetFileNameWithoutExtension(path);
        return name.EndsWith(quantization, StringComparison.OrdinalIgnoreCase)
            && (name.Length == quantization.Length || !char.IsAsciiLetterOrDigit(name[^(quantization.Length + 1)]));
    }

    /// <summary>The licence in the head of the model's page, which is whatever its author wrote.</summary>
    private static string? License(JsonElement? card) =>
        card is { ValueKind: JsonValueKind.Object } head && head.TryGetProperty("license", out var license) && license.ValueKind == JsonValueKind.String
            ? license.GetString() : null;

    private static string? Explain(HttpResponseMessage response, string repository)
    {
        var code = response.Headers.TryGetValues("X-Error-Code", out var values) ? values.First() : null;
        const string token = "set HF_TOKEN to a token of an account that may read it (huggingface.co/settings/tokens)";
        return (response.StatusCode, code) switch
        {
            (_, "GatedRepo") => $"{repository} is gated: accept its terms on its page, then {token}.",
            (_, "EntryNotFound") => $"{repository} has no such file.",
            // The host answers 401 for what does not exist, too, so as not to tell which private ones do.
            (HttpStatusCode.Unauthorized, _) or (_, "RepoNotFound") or (HttpStatusCode.NotFound, _) =>
                $"{repository} does not exist or is private. Check the spelling, or {token}.",
            (HttpStatusCode.Forbidden, _) => $"The account may not read {repository}: {token}.",
            _ => null,
        };
    }

    private static bool IsPart(string text) => text.Length > 0 && text is not ("." or "..") && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');

    private static string EscapePath(string path) => string.Join('/', path.Split('/').Select(Uri.EscapeDataString));
}
