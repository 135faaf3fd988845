using System.Buffers;
using System.Text.Json;
using Models.Store;

namespace Models.Routing.Spending;

/// <summary>
/// The ledger on the disk: JSON Lines, one for what is promised (on the disk before the call) and one for what it came to. A promise
/// without the second counts whole. When it is opened, what is older than any window goes, and what is old is put together by the hour.
/// Not safe for several threads.
/// </summary>
internal sealed class LedgerFile : IDisposable
{
    private static readonly TimeSpan Oldest = TimeSpan.FromDays(32);
    private readonly FileStream _file;

    private LedgerFile(FileStream file) => _file = file;

    /// <summary>Opens it, and tells what it holds.</summary>
    /// <exception cref="ModelException">It cannot be read or written.</exception>
    public static (LedgerFile File, IReadOnlyList<LedgerEntry> Entries) Open(string path, Action<string> tell)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
            var entries = File.Exists(path) ? PutTogether(Read(path, tell)) : [];
            var lines = new ArrayBufferWriter<byte>();
            foreach (var entry in entries) Write(lines, "spent", 0, entry);
            if (entries.Count > 0 || File.Exists(path)) DurableFile.Replace(path, lines.WrittenSpan);
            return (new LedgerFile(DurableFile.OpenToAppend(path)), entries);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ModelException($"What was spent is kept in {path}, which cannot be used ({e.Message}). Without it nothing may be spent: look at its folder and its disk.", e);
        }
    }

    /// <summary>Writes down a promise; it is on the disk when this returns.</summary>
    /// <exception cref="IOException">It could not be written.</exception>
    public void Reserve(Reservation reservation, DateTimeOffset at) => Append("reserved", reservation, at, reservation.Micros, flush: true);

    /// <summary>Writes down what it came to.</summary>
    /// <exception cref="IOException">It could not be written.</exception>
    public void Settle(Reservation reservation, DateTimeOffset at, long micros) => Append("settled", reservation, at, micros, flush: false);

    public void Dispose() => _file.Dispose();

    private void Append(string what, Reservation reservation, DateTimeOffset at, long micros, bool flush)
    {
        var line = new ArrayBufferWriter<byte>();
        Write(line, what, reservation.Number, new LedgerEntry(at, micros, reservation.Agent, reservation.Person));
        var before = _file.Position;
        try
        {
            _file.Write(line.WrittenSpan);
            if (flush) _file.Flush(flushToDisk: true);
        }
        catch (IOException)
        {
            // Half a line would spoil the next.
            _file.SetLength(before);
            throw;
        }
    }

    private static void Write(ArrayBufferWriter<byte> lines, string what, long number, LedgerEntry entry)
    {
        using (var json = new Utf8JsonWriter(lines))
        {
            json.WriteStartObject();
            json.WriteString("what", what);
            if (number > 0) json.WriteNumber("number", number);
            json.WriteNumber("at", entry.At.ToUnixTimeMilliseconds());
            json.WriteNumber("micros", entry.Micros);
            if (entry.Agent is not null) json.WriteString("agent", entry.Agent);
            if (entry.Person is not null) json.WriteString("person", entry.Person);
            json.WriteEndObject();
        }
        lines.Write("\n"u8);
    }

    private static List<LedgerEntry> Read(string path, Action<string> tell)
    {
        var (entries, open) = (new List<LedgerEntry>(), new Dictionary<long, LedgerEntry>());
        var (bytes, from, broken) = (File.ReadAllBytes(path), 0, 0);
        while (from < bytes.Length)
        {
            var end = Array.IndexOf(bytes, (byte)'\n', from);
            // A line without its end was cut off before its call was made.
            if (end < 0) break;
            try
            {
                using var line = JsonDocument.Parse(bytes.AsMemory(from, end - from));
                Take(line.RootElement);
            }
            catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or ArgumentOutOfRangeException)
            {
                broken++;
            }
            from = end + 1;
        }
        if (broken > 0) tell($"{broken} lines of {path} cannot be read; what they say was spent is not counted.");
        return [.. entries, .. open.Values];

        void Take(JsonElement line)
        {
            var (what, number) = (line.GetProperty("what").GetString(), line.TryGetProperty("number", out var n) ? n.GetInt64() : 0);
            var entry = new LedgerEntry(DateTimeOffset.FromUnixTimeMilliseconds(line.GetProperty("at").GetInt64()), Math.Max(0, line.GetProperty("micros").GetInt64()),
                line.TryGetProperty("agent", out var agent) ? agent.GetString() : null, line.TryGetProperty("person", out var person) ? person.GetString() : null);
            if (what == "reserved") open[number] = entry;
            else if (what == "spent" || open.Remove(number)) entries.Add(entry);
        }
    }

    // By the minute in the last two hours, by the hour before; the youngest time counts for all of them.
    private static List<LedgerEntry> PutTogether(List<LedgerEntry> entries)
    {
        var newest = DateTimeOffset.MinValue;
        foreach (var entry in entries) newest = entry.At > newest ? entry.At : newest;
        var together = new Dictionary<string, LedgerEntry>(StringComparer.Ordinal);
        foreach (var entry in entries)
        {
            var age = newest - entry.At;
            if (age > Oldest || entry.Micros == 0) continue;
            var slot = entry.At.UtcTicks / (age > TimeSpan.FromHours(2) ? TimeSpan.TicksPerHour : TimeSpan.TicksPerMinute);
            var key = $"{(age > TimeSpan.FromHours(2) ? 'h' : 'm')}{slot}\n{entry.Agent}\n{entry.Person}\n{entry.Agent is null}{entry.Person is null}";
            together[key] = together.TryGetValue(key, out var other)
                ? entry with { Micros = SpendingWindow.Plus(entry.Micros, other.Micros), At = entry.At > other.At ? entry.At : other.At }
                : entry;
        }
        var all = new List<LedgerEntry>(together.Values);
        all.Sort((a, b) => a.At.CompareTo(b.At));
        return all;
    }
}
