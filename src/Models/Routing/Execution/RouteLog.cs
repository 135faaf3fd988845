using System.Buffers;
using System.Text.Json;
using Models.Crypto;
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

    // Digits of a record's name, and the least of them by which one is found.
    private const int IdLength = 12, LeastId = 6;

    private const string Before = ".1";

    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789abcdef");

    private readonly Lock _lock = new();
    private FileStream? _file;

    /// <summary>Where the log of a home is.</summary>
    public static string PathIn(string home) => Path.Combine(home, "router", "decisions.jsonl");

    /// <summary>A name for a record.</summary>
    public static string NewId()
    {
        Span<byte> bits = stackalloc byte[IdLength / 2];
        RandomBits.Fill(bits);
        return Convert.ToHexStringLower(bits);
    }

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
                    File.Move(path, path + Before, overwrite: true);
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

    /// <summary>What was written down in a home, oldest first, with what the file before holds; nothing where no gateway with models elsewhere has answered yet.</summary>
    /// <exception cref="ModelException">It cannot be read.</exception>
    public static IEnumerable<RouteRecord> ReadAll(string home)
    {
        var path = PathIn(home);
        // Read before the first is handed out: the newer file may become the older one meanwhile.
        List<RouteRecord> now = File.Exists(path) ? [.. Read(path)] : [];
        return File.Exists(path + Before) ? Read(path + Before).Concat(now) : now;
    }

    /// <summary>True for what may be the name of a record (its beginning is enough), or of a run.</summary>
    public static bool IsName(string text) => Guid.TryParse(text, out _) || (text.Length is >= LeastId and <= IdLength && !text.AsSpan().ContainsAnyExcept(Digits));

    /// <summary>The records of that name: one by its own or its beginning, all steps of a run by the run's.</summary>
    public static IReadOnlyList<RouteRecord> Find(IEnumerable<RouteRecord> records, string name) =>
        [.. records.Where(record => record.Run == name || (name.Length <= IdLength && record.Id?.StartsWith(name, StringComparison.Ordinal) == true))];

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
