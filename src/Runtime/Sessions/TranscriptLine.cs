using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Runtime.Sessions;

/// <summary>One line of a transcript file; which fields are there depends on <see cref="Type"/>.</summary>
internal sealed record TranscriptLine(string Type, long Ts)
{
    public const string Session = "session", Message = "message", Settings = "settings", Repair = "repair", Resumed = "resumed", Ended = "ended", Compaction = "compaction";

    // session: the first line
    public int? Version { get; init; }
    public string? Key { get; init; }
    public ForkSource? Fork { get; init; }

    // session and message
    public string? Id { get; init; }

    // message
    public string? Role { get; init; }
    public string? Text { get; init; }
    public string? RunId { get; init; }
    public string? IdempotencyKey { get; init; }
    public string? Model { get; init; }
    public long? InputTokens { get; init; }
    public long? OutputTokens { get; init; }
    public string? StopReason { get; init; }
    public bool? OutOfContext { get; init; }
    public MessageOrigin? Origin { get; init; }
    public IReadOnlyList<SessionToolCall>? ToolCalls { get; init; }
    public string? ToolCallId { get; init; }
    public string? ToolName { get; init; }
    public bool? IsError { get; init; }
    public bool? IsData { get; init; }

    // compaction: Id and Text are the summary's, which stands for all before this message
    public string? FirstKeptId { get; init; }

    // settings: all of them, as they are from here on
    public SessionSettings? Set { get; init; }

    // resumed: a restart cut the turn RunId off, and it goes on; ended: RunId is over without an answer, StopReason says why

    // repair: bytes of a line that a power cut left unfinished
    public long? DroppedBytes { get; init; }
}

[JsonSerializable(typeof(TranscriptLine))]
internal sealed partial class TranscriptJson : JsonSerializerContext
{
    /// <summary>Text stays as a person can read it and grep for it.</summary>
    public static TranscriptJson Readable { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
