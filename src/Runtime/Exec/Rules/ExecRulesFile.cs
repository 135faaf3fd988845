using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Models;
using Models.Store;

namespace Runtime.Exec.Rules;

/// <summary>
/// The rules of all agents in one file, in OpenClaw's form (exec-approvals.json, version 1: defaults, and agents with their lists). Without
/// a file the defaults hold; with one that cannot be read nothing runs. Safe for several threads; reads the file again when it has changed.
/// </summary>
/// <param name="path">The file; it may not exist.</param>
public sealed class ExecRulesFile(string path)
{
    private const int Largest = 1 << 20;

    private readonly Lock _lock = new();
    private (DateTime Written, long Length, Content Content)? _cache;

    /// <summary>Where it is.</summary>
    public string Path => path;

    /// <summary>True where there is one.</summary>
    public bool Exists => File.Exists(path);

    /// <summary>What is wrong with it, or null.</summary>
    public string? Problem => Read().Problem;

    /// <summary>Its text; an empty document where there is none.</summary>
    public string Text => Read().Text;

    /// <summary>SHA-256 of its text, for who wants to change just this one.</summary>
    public string Hash => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Text)));

    /// <summary>The rules of an agent.</summary>
    public ExecRules Of(string agent)
    {
        var content = Read();
        return content.Problem is not null ? ExecRules.Nothing : content.Agents.GetValueOrDefault(agent) ?? content.Defaults;
    }

    /// <summary>Puts another document in its place. It is on the disk when this returns.</summary>
    /// <param name="json">The document.</param>
    /// <param name="expected">The hash of what it replaces; null to replace whatever is there.</param>
    /// <exception cref="ModelException">It is no such document, or another was written meanwhile.</exception>
    public void Replace(string json, string? expected)
    {
        var next = Parse(json);
        if (next.Problem is { } problem) throw new ModelException(problem);
        lock (_lock)
        {
            if (expected is not null && expected != Hash) throw new ModelException("The rules changed meanwhile; load them again.");
            try
            {
                HomeFolder.EnsureFolder(System.IO.Path.GetDirectoryName(path)!);
                DurableFile.Replace(path, Encoding.UTF8.GetBytes(json));
                _cache = null;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new ModelException($"{path} cannot be written: {e.Message}", e);
            }
        }
    }

    private Content Read()
    {
        lock (_lock)
        {
            var file = new FileInfo(path);
            if (!file.Exists) return new Content("""{"version":1,"defaults":{},"agents":{}}""", ExecRules.Default, new Dictionary<string, ExecRules>(), null);
            if (_cache is { } cached && cached.Written == file.LastWriteTimeUtc && cached.Length == file.Length) return cached.Content;
            Content content;
            try { content = file.Length > Largest ? Content.Broken($"{path} is too large.") : Parse(File.ReadAllText(path)); }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException) { content = Content.Broken($"{path} cannot be read: {e.Message}"); }
            _cache = (file.LastWriteTimeUtc, file.Length, content);
            return content;
        }
    }

    private static Content Parse(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip });
            var root = document.RootElement;
            if (root.GetProperty("version").GetInt32() != 1) return Content.Broken("The rules have a version that is not known here.");
            var defaults = root.TryGetProperty("defaults", out var given) ? Rules(given, ExecRules.Default) : ExecRules.Default;
            var agents = new Dictionary<string, ExecRules>(StringComparer.Ordinal);
            if (root.TryGetProperty("agents", out var listed))
                foreach (var agent in listed.EnumerateObject()) agents[agent.Name] = Rules(agent.Value, defaults);
            return new Content(json, defaults, agents, null);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            return Content.Broken($"The rules for commands are not a document of their kind: {e.Message}");
        }
        catch (ModelException e)
        {
            return Content.Broken(e.Message);
        }
    }

    private static ExecRules Rules(JsonElement from, ExecRules others)
    {
        var allowed = others.Allowed;
        if (from.TryGetProperty("allowlist", out var list))
        {
            // An entry with a pattern over its arguments is narrower than the program: what is not understood allows nothing.
            allowed = AllowList.Of(list.EnumerateArray().Where(entry => !Has(entry, "argPattern"))
                .Select(entry => entry.ValueKind == JsonValueKind.String ? entry.GetString()! : entry.GetProperty("pattern").GetString()!));
        }
        return new ExecRules(Word(from, "security", others.Security, "deny", "allowlist"), Word(from, "ask", others.Ask, "off", "on-miss", "always"), allowed);
    }

    private static bool Has(JsonElement entry, string name) => entry.ValueKind == JsonValueKind.Object && entry.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null;

    private static string Word(JsonElement from, string name, string otherwise, params string[] words)
    {
        if (!from.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null) return otherwise;
        return words.Contains(value.GetString()) ? value.GetString()! : throw new ModelException($"\"{value.GetString()}\" is not taken for {name}: {string.Join(", ", words)} are.");
    }

    private sealed record Content(string Text, ExecRules Defaults, IReadOnlyDictionary<string, ExecRules> Agents, string? Problem)
    {
        public static Content Broken(string problem) => new("{}", ExecRules.Nothing, new Dictionary<string, ExecRules>(), problem);
    }
}
