using System.Buffers;
using System.Text.Json;
using Models;
using Models.Store;
using Runtime.Mcp.Protocol;

namespace Runtime.Mcp.Definitions;

/// <summary>
/// The tools of a server as its owner approved them, in a file beside the server's folder, where the server cannot write. A file that cannot be
/// read approves nothing and is not written over. Other programs may change it: it is read again when it is another one. Safe for several
/// threads.
/// </summary>
/// <param name="path">The file; it may not exist yet.</param>
internal sealed class ToolPins(string path)
{
    private readonly Lock _lock = new();
    private (DateTime Written, long Length)? _seen;
    private IReadOnlyList<ToolDefinition>? _tools;

    /// <summary>What is wrong with the file, or null.</summary>
    public string? Problem { get; private set; }

    /// <summary>What was approved; null where nothing was listed yet. The same list as long as the file is the same.</summary>
    public IReadOnlyList<ToolDefinition>? Tools
    {
        get
        {
            lock (_lock)
            {
                var file = new FileInfo(path);
                (DateTime, long)? now = file.Exists ? (file.LastWriteTimeUtc, file.Length) : null;
                if (now == _seen) return _tools;
                (_seen, Problem) = (now, null);
                return _tools = now is null ? null : Load();
            }
        }
    }

    /// <summary>Approves these, in place of all before. They are on the disk when this returns.</summary>
    /// <exception cref="ModelException">They cannot be kept.</exception>
    public void Approve(IReadOnlyList<ToolDefinition> tools)
    {
        _ = Tools;
        if (Problem is not null) throw new McpException($"{Problem} Remove it to begin anew.");
        var json = new ArrayBufferWriter<byte>();
        using (var to = new Utf8JsonWriter(json, new JsonWriterOptions { Indented = true }))
        {
            to.WriteStartObject();
            to.WriteNumber("version", 1);
            to.WriteStartArray("tools");
            foreach (var tool in tools) tool.Write(to);
            to.WriteEndArray();
            to.WriteEndObject();
        }
        try
        {
            HomeFolder.EnsureFolder(Path.GetDirectoryName(path)!);
            DurableFile.Replace(path, json.WrittenSpan);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new McpException($"{path} cannot be written: {e.Message}", e);
        }
    }

    private IReadOnlyList<ToolDefinition> Load()
    {
        try
        {
            var root = JsonElement.Parse(File.ReadAllBytes(path));
            if (McpConnection.Member(root, "version") is { ValueKind: JsonValueKind.Number } version && version.GetInt32() == 1 && McpConnection.Member(root, "tools") is { ValueKind: JsonValueKind.Array } tools)
                return [.. tools.EnumerateArray().Select(ToolDefinition.Read).OfType<ToolDefinition>()];
            Problem = $"{path} is not a file of approved tools.";
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException or FormatException)
        {
            Problem = $"{path} cannot be read: {e.Message}.";
        }
        return [];
    }
}
