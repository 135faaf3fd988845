using System.Text.Json;
using Models;
using Models.Store;

namespace Runtime.Sessions;

/// <summary>
/// An append-only file of JSON lines. What <see cref="Append"/> returns from is on the disk. A last line that a power cut left unfinished
/// is cut off when the file is opened, and a line says so. Not safe for several threads: its session holds a lock.
/// </summary>
internal sealed class TranscriptFile(string path)
{
    private static readonly byte[] NewLine = [(byte)'\n'];

    /// <summary>Where it is.</summary>
    public string Path { get; private set; } = path;

    /// <summary>Appends lines, durably.</summary>
    /// <exception cref="ModelException">They cannot be written, and are not in the file.</exception>
    public void Append(params IEnumerable<TranscriptLine> lines)
    {
        byte[] bytes = [.. lines.SelectMany(line => JsonSerializer.SerializeToUtf8Bytes(line, TranscriptJson.Readable.TranscriptLine).Concat(NewLine))];
        try
        {
            using var file = DurableFile.OpenToAppend(Path);
            var end = file.Length;
            try
            {
                file.Write(bytes);
                file.Flush(flushToDisk: true);
            }
            catch (IOException)
            {
                // Half a line would spoil the next one.
                file.SetLength(end);
                throw;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ModelException($"Cannot write the transcript {Path}: {e.Message}", e);
        }
    }

    /// <summary>Cuts off an unfinished last line. Returns how many bytes that was.</summary>
    public long Repair()
    {
        using var file = new FileStream(Path, FileMode.Open, FileAccess.ReadWrite, FileShare.Read);
        var end = file.Length;
        Span<byte> block = stackalloc byte[4096];
        for (var from = end; from > 0;)
        {
            var size = (int)Math.Min(block.Length, from);
            from -= size;
            file.Seek(from, SeekOrigin.Begin);
            file.ReadExactly(block[..size]);
            var last = block[..size].LastIndexOf((byte)'\n');
            if (last < 0) continue;
            return Cut(file, from + last + 1);
        }
        return Cut(file, 0);
    }

    /// <summary>All lines. One that is not ours (an edited file) is left out; a file that is gone has none.</summary>
    public IEnumerable<TranscriptLine> Read()
    {
        IEnumerable<string> lines;
        // Whoever still holds a session that was deleted may read it when what was set aside has been cleaned up, too.
        try { lines = File.ReadLines(Path); }
        catch (FileNotFoundException) { yield break; }
        foreach (var text in lines)
        {
            TranscriptLine? line = null;
            try { line = JsonSerializer.Deserialize(text, TranscriptJson.Readable.TranscriptLine); }
            catch (JsonException) { }
            if (line is not null) yield return line;
        }
    }

    /// <summary>Gives the file another ending, so that it is kept and not read any more. Returns its new path.</summary>
    public string SetAside(string ending)
    {
        var aside = Path + ending;
        File.Move(Path, aside, overwrite: true);
        return Path = aside;
    }

    /// <summary>Takes an ending away again that <see cref="SetAside"/> gave.</summary>
    public void BringBack(string ending)
    {
        var path = Path[..^ending.Length];
        File.Move(Path, path);
        Path = path;
    }

    private static long Cut(FileStream file, long length)
    {
        var dropped = file.Length - length;
        if (dropped == 0) return 0;
        file.SetLength(length);
        file.Flush(flushToDisk: true);
        return dropped;
    }
}
