using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using Runtime.Sessions;

namespace Appliance.Migration;

/// <summary>
/// Conversations as OpenClaw keeps them: up to early 2026 as JSON Lines under <c>agents/ID/sessions</c> with an index in <c>sessions.json</c>,
/// since then in <c>agents/ID/agent/openclaw-agent.sqlite</c> (seen with 2026.9.6). Reads only; of a database it opens a copy.
/// </summary>
internal static class OpenClawTranscripts
{
    /// <summary>Every conversation of an agent's folder with its key and its messages, read when they are asked for.</summary>
    public static IEnumerable<(string Key, string From, IEnumerable<SessionMessage> Messages)> Of(string agentFolder, List<LeftBehind> leftOut)
    {
        var agent = Path.GetFileName(agentFolder);
        foreach (var (key, file) in Files(agentFolder, agent, leftOut)) yield return (key, file, Lines(file).Select(Message).OfType<SessionMessage>());
        var database = Path.Combine(agentFolder, "agent", "openclaw-agent.sqlite");
        if (!File.Exists(database)) yield break;
        foreach (var (key, messages) in Database(database, leftOut)) yield return (key, $"{database}#{key}", messages);
    }

    private static IEnumerable<(string Key, string File)> Files(string agentFolder, string agent, List<LeftBehind> leftOut)
    {
        var folder = Path.Combine(agentFolder, "sessions");
        if (!Directory.Exists(folder)) yield break;
        var keys = Keys(Path.Combine(folder, "sessions.json"), leftOut);
        foreach (var file in Directory.EnumerateFiles(folder, "*.jsonl").Order(StringComparer.Ordinal))
        {
            var id = Path.GetFileNameWithoutExtension(file);
            // What was reset is a conversation too, though none of the index.
            yield return (keys.GetValueOrDefault(id) ?? $"agent:{agent}:openclaw:{id}", file);
        }
    }

    private static Dictionary<string, string> Keys(string index, List<LeftBehind> leftOut)
    {
        var keys = new Dictionary<string, string>();
        if (!File.Exists(index)) return keys;
        try
        {
            using var json = JsonDocument.Parse(File.ReadAllBytes(index));
            foreach (var session in json.RootElement.EnumerateObject())
            {
                if (session.Value.ValueKind == JsonValueKind.Object && Text(session.Value, "sessionId") is { } id) keys[id] = SessionKey.Normalize(session.Name);
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            leftOut.Add(new(index, $"it cannot be read ({e.Message}); its conversations get names of their own"));
        }
        return keys;
    }

    private static IEnumerable<string> Lines(string file)
    {
        using var reader = new StreamReader(new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
        while (reader.ReadLine() is { } line) yield return line;
    }

    private static List<(string, IReadOnlyList<SessionMessage>)> Database(string file, List<LeftBehind> leftOut)
    {
        var copy = Directory.CreateTempSubdirectory("appliance-migrate-");
        try
        {
            var path = Path.Combine(copy.FullName, "a.sqlite");
            File.Copy(file, path);
            if (File.Exists(file + "-wal")) File.Copy(file + "-wal", path + "-wal");
            SQLitePCL.raw.SetProvider(new SQLitePCL.SQLite3Provider_sqlite3());
            using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
            connection.Open();
            var sessions = new Dictionary<string, List<SessionMessage>>();
            var packed = 0;
            using var command = connection.CreateCommand();
            command.CommandText = "SELECT w.session_key, e.event_json FROM transcript_events e JOIN session_windows w ON w.session_id = e.session_id ORDER BY w.created_at, e.session_id, e.seq";
            using var rows = command.ExecuteReader();
            while (rows.Read())
            {
                if (rows.IsDBNull(1)) packed++;
                else if (Message(rows.GetString(1)) is { } message)
                {
                    var key = SessionKey.Normalize(rows.GetString(0));
                    if (!sessions.TryGetValue(key, out var list)) sessions[key] = list = [];
                    list.Add(message);
                }
            }
            if (packed > 0) leftOut.Add(new(file, $"{packed} of its events are packed with zstd, which this program does not read"));
            return [.. sessions.Select(s => (s.Key, (IReadOnlyList<SessionMessage>)s.Value))];
        }
        catch (Exception e) when (e is SqliteException or IOException or UnauthorizedAccessException)
        {
            leftOut.Add(new(file, $"its conversations cannot be read: {e.Message}"));
            return [];
        }
        finally
        {
            copy.Delete(recursive: true);
        }
    }

    /// <summary>The message of an event, or null where it is none of a person or an answer.</summary>
    private static SessionMessage? Message(string line)
    {
        try
        {
            using var json = JsonDocument.Parse(line);
            var entry = json.RootElement;
            if (Text(entry, "type") != "message" || !entry.TryGetProperty("message", out var message) || Text(message, "role") is not (SessionMessage.User or SessionMessage.Assistant)) return null;
            var text = Content(message);
            if (text.Length == 0) return null;
            var time = DateTimeOffset.TryParse(Text(entry, "timestamp"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) ? at.ToUnixTimeMilliseconds() : 0;
            var id = Text(entry, "id") ?? Guid.NewGuid().ToString();
            var usage = message.TryGetProperty("usage", out var counts) && counts.ValueKind == JsonValueKind.Object ? counts : default;
            return new SessionMessage(id, 0, time, Text(message, "role")!, text)
            {
                IdempotencyKey = $"openclaw:{id}",
                Model = Text(message, "model"),
                InputTokens = Number(usage, "input"),
                OutputTokens = Number(usage, "output"),
            };
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // A line that was not finished.
            return null;
        }
    }

    private static string Content(JsonElement message)
    {
        if (!message.TryGetProperty("content", out var content)) return "";
        if (content.ValueKind == JsonValueKind.String) return content.GetString()!;
        var text = new StringBuilder();
        if (content.ValueKind == JsonValueKind.Array)
        {
            foreach (var part in content.EnumerateArray().Where(part => Text(part, "type") == "text")) text.Append(Text(part, "text"));
        }
        return text.ToString();
    }

    private static string? Text(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static long Number(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) ? number : 0;
}
