using System.Text.Json;

namespace TestKit;

/// <summary>What OpenClaw's own gateway and clients said to each other, frame by frame, from the reference folder.</summary>
public static class Transcripts
{
    /// <summary>The folder, for <see cref="SharedFactAttribute"/>.</summary>
    public const string Folder = "protocol/transcripts";

    /// <summary>Every frame of every transcript, in order.</summary>
    public static IEnumerable<TranscriptFrame> All() =>
        from file in Directory.EnumerateFiles(Shared.Find(Folder.Split('/'))!, "*.jsonl").Order(StringComparer.Ordinal)
        from line in File.ReadLines(file)
        let entry = JsonElement.Parse(line)
        where entry.TryGetProperty("frame", out var frame) && frame.ValueKind == JsonValueKind.Object
        select new TranscriptFrame(
            Path.GetFileNameWithoutExtension(file), entry.GetProperty("conn").GetInt32(), entry.GetProperty("dir").GetString() == "c>g", entry.GetProperty("frame"));
}

/// <summary>One frame.</summary>
/// <param name="Transcript">The transcript's name.</param>
/// <param name="Connection">The number of the connection.</param>
/// <param name="FromClient">True for what a client said.</param>
/// <param name="Frame">The JSON.</param>
public sealed record TranscriptFrame(string Transcript, int Connection, bool FromClient, JsonElement Frame)
{
    /// <summary>A top-level text of the frame, or an empty one.</summary>
    public string Text(string name) => Frame.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
}
