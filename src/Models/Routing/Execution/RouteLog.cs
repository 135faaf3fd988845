using System.Text.Json;
using Models.Store;

namespace Models.Routing.Execution;

/// <summary>
/// What became of questions, one JSON line each, in <c>router/decisions.jsonl</c>: for <c>router explain</c> and <c>router replay</c>. It holds
/// nothing of what was said. A file that is full is kept once as the one before. Safe for several threads.
/// </summary>
/// <param name="home">The home folder.</param>
public sealed class RouteLog(string home) : IDisposable
{
    private const long LargestFile = 4 << 20;
    private readonly Lock _lock = new();
    private FileStream? _file;

    /// <summary>Where the log of a home is.</summary>
    public static string PathIn(string home) => Path.Combine(home, "router", "decisions.jsonl");

    /// <summary>Writes one down. A disk that takes nothing costs the record, and nobody their answer.</summary>
    public void Write(RouteRecord record)
    {
        byte[] line = [.. JsonSerializer.SerializeToUtf8Bytes(record, RoutingJson.Default.RouteRecord), (byte)'\n'];
        lock (_lock)
        {
            try
            {
                var path = PathIn(home);
                if (_file is null) HomeFolder.EnsureFolder(Path.GetDirectoryName(path)!);
                _file ??= DurableFile.OpenToAppend(path);
                if (_file.Length + line.Length > LargestFile)
                {
                    _file.Dispose();
                    File.Move(path, path + ".1", overwrite: true);
                    _file = DurableFile.OpenToAppend(path);
                }
                _file.Write(line);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or ModelException)
            {
                _file?.Dispose();
                _file = null;
            }
        }
    }

    /// <summary>The records of a file, oldest first; lines that are none are left out.</summary>
    /// <exception cref="ModelException">It cannot be read.</exception>
    public static IEnumerable<RouteRecord> Read(string path)
    {
        string[] lines;
        try
        {
            lines = File.ReadAllLines(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ModelException($"{path} cannot be read ({e.Message}). Decisions are written down once a gateway with models.targets has answered.", e);
        }
        foreach (var line in lines)
            if (Parse(line) is { } record) yield return record;
    }

    /// <summary>Closes the file.</summary>
    public void Dispose()
    {
        lock (_lock) _file?.Dispose();
    }

    private static RouteRecord? Parse(string line)
    {
        try { return JsonSerializer.Deserialize(line, RoutingJson.Default.RouteRecord); }
        catch (JsonException) { return null; }
    }
}
