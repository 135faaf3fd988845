using System.Buffers;
using System.Text.Json;
using Models;
using Models.Store;

namespace Runtime.Outbox;

/// <summary>
/// The outbox on the disk: JSON Lines, one for each thing that happens to an entry. Each is on the disk when its call returns. What is over
/// is left out when the file is opened, but for the keys of what was sent lately. Not safe for several threads.
/// </summary>
internal sealed class OutboxFile : IDisposable
{
    /// <summary>Keys of sent entries that are remembered.</summary>
    public const int MostSent = 1000;

    private readonly FileStream _file;

    private OutboxFile(FileStream file) => _file = file;

    /// <summary>Opens it, and tells what it holds: entries in their order, and keys of what was sent.</summary>
    /// <exception cref="ModelException">It cannot be read or written.</exception>
    public static (OutboxFile File, List<OutboxEntry> Entries, Queue<string> Sent) Open(string path)
    {
        try
        {
            HomeFolder.EnsureFolder(Path.GetDirectoryName(Path.GetFullPath(path))!);
            var (entries, sent) = Read(path);
            var lines = new ArrayBufferWriter<byte>();
            foreach (var key in sent) Line(lines, json => json.WriteString("sent", key));
            foreach (var entry in entries) Line(lines, json => Write(json, entry));
            DurableFile.Replace(path, lines.WrittenSpan);
            return (new OutboxFile(DurableFile.OpenToAppend(path)), entries, sent);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ModelException($"What waits to be sent is kept in {path}, which cannot be used ({e.Message}). Look at its folder and its disk.", e);
        }
    }

    /// <summary>Reads what a file holds; a last line that was cut off was never acknowledged, and a broken one is left out.</summary>
    public static (List<OutboxEntry> Entries, Queue<string> Sent) Read(string path)
    {
        var (entries, sent) = (new List<OutboxEntry>(), new Queue<string>());
        if (!File.Exists(path)) return (entries, sent);
        var bytes = File.ReadAllBytes(path);
        for (int from = 0, end; (end = Array.IndexOf(bytes, (byte)'\n', from)) >= 0; from = end + 1)
        {
            try
            {
                using var line = JsonDocument.Parse(bytes.AsMemory(from, end - from));
                Take(line.RootElement);
            }
            catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException) { }
        }
        return (entries, sent);

        void Take(JsonElement line)
        {
            if (line.TryGetProperty("sent", out var key))
            {
                entries.RemoveAll(entry => entry.Key == key.GetString());
                sent.Enqueue(key.GetString()!);
                if (sent.Count > MostSent) sent.Dequeue();
            }
            else if (line.TryGetProperty("gone", out var gone))
            {
                entries.RemoveAll(entry => entry.Id == gone.GetString());
            }
            else
            {
                var entry = new OutboxEntry(
                    line.GetProperty("id").GetString()!, line.GetProperty("kind").GetString()!, line.GetProperty("to").GetString()!, line.GetProperty("body").GetString()!,
                    line.GetProperty("key").GetString()!, line.GetProperty("at").GetInt64(), line.GetProperty("expires").GetInt64())
                {
                    Tries = line.GetProperty("tries").GetInt32(),
                    IsTrying = line.GetProperty("trying").GetBoolean(),
                    Held = line.GetProperty("held").GetString(),
                    Error = line.GetProperty("error").GetString(),
                };
                var at = entries.FindIndex(other => other.Id == entry.Id);
                if (at < 0) entries.Add(entry);
                else entries[at] = entry;
            }
        }
    }

    /// <summary>Writes down how an entry is now.</summary>
    /// <exception cref="IOException">It could not be written; the file is as it was.</exception>
    public void Put(OutboxEntry entry) => Append(json => Write(json, entry));

    /// <summary>Writes down that what has this key was sent.</summary>
    /// <exception cref="IOException">It could not be written; the file is as it was.</exception>
    public void Sent(string key) => Append(json => json.WriteString("sent", key));

    /// <summary>Writes down that an entry is given up.</summary>
    /// <exception cref="IOException">It could not be written; the file is as it was.</exception>
    public void Gone(string id) => Append(json => json.WriteString("gone", id));

    /// <summary>Bytes in it.</summary>
    public long Length => _file.Length;

    public void Dispose() => _file.Dispose();

    private void Append(Action<Utf8JsonWriter> write)
    {
        var line = new ArrayBufferWriter<byte>();
        Line(line, write);
        var before = _file.Position;
        try
        {
            _file.Write(line.WrittenSpan);
            _file.Flush(flushToDisk: true);
        }
        catch (IOException)
        {
            // Half a line would spoil the next.
            _file.SetLength(before);
            throw;
        }
    }

    private static void Line(ArrayBufferWriter<byte> lines, Action<Utf8JsonWriter> write)
    {
        using (var json = new Utf8JsonWriter(lines))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }
        lines.Write("\n"u8);
    }

    private static void Write(Utf8JsonWriter json, OutboxEntry entry)
    {
        json.WriteString("id", entry.Id);
        json.WriteString("kind", entry.Kind);
        json.WriteString("to", entry.To);
        json.WriteString("body", entry.Body);
        json.WriteString("key", entry.Key);
        json.WriteNumber("at", entry.AtMs);
        json.WriteNumber("expires", entry.ExpiresMs);
        json.WriteNumber("tries", entry.Tries);
        json.WriteBoolean("trying", entry.IsTrying);
        json.WriteString("held", entry.Held);
        json.WriteString("error", entry.Error);
    }
}
