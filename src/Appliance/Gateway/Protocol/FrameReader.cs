using System.Text.Json;
using System.Text.Unicode;

namespace Appliance.Gateway.Protocol;

/// <summary>Bytes of a text frame in, a request out. Pure; safe for several threads. Fields it does not know are read over.</summary>
internal static class FrameReader
{
    /// <summary>The id of the answer to a frame whose own cannot be read.</summary>
    public const string NoId = "invalid";

    private const int LongestName = 256;
    private static readonly JsonReaderOptions Options = new() { MaxDepth = 64 };

    /// <summary>Reads one request.</summary>
    /// <exception cref="FrameException">It is none; the exception carries the id to answer to.</exception>
    public static RequestFrame Read(ReadOnlySpan<byte> frame)
    {
        var root = Parse(frame);
        if (root.ValueKind != JsonValueKind.Object) throw new FrameException(NoId, "at root: must be object");
        var id = Text(root, "id") is { Length: <= LongestName } given ? given : NoId;
        if (Text(root, "type") != "req") throw new FrameException(id, "at /type: must be \"req\"");
        if (id == NoId) throw new FrameException(NoId, $"at /id: must be a string of 1 to {LongestName} characters");
        if (Text(root, "method") is not { Length: <= LongestName } method)
            throw new FrameException(id, $"at /method: must be a string of 1 to {LongestName} characters");
        root.TryGetProperty("params", out var parameters);
        return new RequestFrame(id, method, parameters);
    }

    private static JsonElement Parse(ReadOnlySpan<byte> frame)
    {
        if (!Utf8.IsValid(frame)) throw new FrameException(NoId, "not valid UTF-8");
        try
        {
            RequireWholeCharacters(frame);
            var reader = new Utf8JsonReader(frame, Options);
            var root = JsonElement.ParseValue(ref reader);
            return reader.Read() ? throw new FrameException(NoId, "more than one JSON value") : root;
        }
        catch (JsonException)
        {
            throw new FrameException(NoId, "not valid JSON");
        }
    }

    /// <summary>The parser looks at text only when it is asked for, which may be long after: half a surrogate pair is refused here.</summary>
    private static void RequireWholeCharacters(ReadOnlySpan<byte> frame)
    {
        var reader = new Utf8JsonReader(frame, Options);
        while (reader.Read())
        {
            if (!reader.ValueIsEscaped) continue;
            try { reader.GetString(); }
            catch (InvalidOperationException) { throw new FrameException(NoId, "half of a surrogate pair in a text"); }
        }
    }

    private static string? Text(JsonElement root, string name) =>
        root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text ? text : null;
}
