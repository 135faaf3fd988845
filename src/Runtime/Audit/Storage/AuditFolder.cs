using System.Globalization;
using System.Text.Json;
using Models;

namespace Runtime.Audit.Storage;

/// <summary>
/// Where the log lies: segments of <see cref="SegmentSize"/> records (whole subtrees of the tree, so that an old one can go and its hash
/// stays), and the checkpoints. Reading only; safe for several threads and beside the writer.
/// </summary>
internal sealed class AuditFolder(string path)
{
    /// <summary>Subtree level of a segment.</summary>
    public const int SegmentLevel = 10;

    /// <summary>Records of a segment.</summary>
    public const int SegmentSize = 1 << SegmentLevel;

    /// <summary>The folder's path.</summary>
    public string Path { get; } = path;

    /// <summary>The file of checkpoints.</summary>
    public string Checkpoints => System.IO.Path.Combine(Path, "checkpoints.jsonl");

    /// <summary>The lock of the one who writes.</summary>
    public string Lock => System.IO.Path.Combine(Path, ".lock");

    /// <summary>The folder below a home.</summary>
    public static AuditFolder In(string home) => new(System.IO.Path.Combine(home, "audit"));

    /// <summary>The file of a segment.</summary>
    public string Segment(long number) => System.IO.Path.Combine(Path, $"records-{number:D8}.jsonl");

    /// <summary>Numbers of the segments that are there, in order.</summary>
    public IReadOnlyList<long> Segments() => !Directory.Exists(Path) ? [] :
        [.. Directory.EnumerateFiles(Path, "records-*.jsonl").Select(Number).Where(n => n >= 0).Order()];

    /// <summary>Lines of a file with their line feeds cut off; the last may be unfinished.</summary>
    public static IReadOnlyList<FileLine> Lines(string file)
    {
        if (!File.Exists(file)) return [];
        byte[] bytes;
        try
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ModelException($"Cannot read {file}: {e.Message}", e);
        }
        var lines = new List<FileLine>();
        for (var at = 0; at < bytes.Length;)
        {
            var end = bytes.AsSpan(at).IndexOf((byte)'\n');
            lines.Add(new(bytes.AsMemory(at, end < 0 ? bytes.Length - at : end), at, end >= 0));
            at = end < 0 ? bytes.Length : at + end + 1;
        }
        return lines;
    }

    /// <summary>The checkpoint of a line, or null where it is none; its signature is not looked at.</summary>
    public static AuditCheckpoint? ReadCheckpoint(ReadOnlySpan<byte> line)
    {
        try { return CanonicalLine.TrySplitSignature(line, out var body, out _) ? JsonSerializer.Deserialize(body, AuditJson.Readable.AuditCheckpoint) : null; }
        catch (JsonException) { return null; }
    }

    /// <summary>The record of a line, or null where it is none; its hash is not looked at.</summary>
    public static AuditRecord? ReadRecord(ReadOnlySpan<byte> line)
    {
        try { return CanonicalLine.TrySplitHash(line, out var body, out _) ? JsonSerializer.Deserialize(body, AuditJson.Readable.AuditRecord) : null; }
        catch (JsonException) { return null; }
    }

    private static long Number(string file)
    {
        var name = System.IO.Path.GetFileNameWithoutExtension(file);
        return long.TryParse(name["records-".Length..], NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : -1;
    }
}

/// <summary>A line of a file.</summary>
/// <param name="Bytes">Without the line feed.</param>
/// <param name="Offset">Where it begins.</param>
/// <param name="IsWhole">False for what a power cut left unfinished.</param>
internal readonly record struct FileLine(ReadOnlyMemory<byte> Bytes, long Offset, bool IsWhole);
