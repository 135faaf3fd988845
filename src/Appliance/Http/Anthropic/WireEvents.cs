using System.Text.Json.Serialization;

namespace Appliance.Http.Anthropic;

// The events of a streamed message, in the order of Anthropic's reference: message_start; for every block content_block_start,
// content_block_delta, content_block_stop; message_delta; message_stop; and ping anywhere.

/// <summary>The message, without content yet.</summary>
internal sealed record MessageStart(Message Message)
{
    public const string Name = "message_start";
    public string Type { get; } = Name;
}

/// <summary>A block begins, empty.</summary>
internal sealed record BlockStart(int Index, ContentBlock ContentBlock)
{
    public const string Name = "content_block_start";
    public string Type { get; } = Name;
}

/// <summary>More of a block.</summary>
internal sealed record BlockDelta(int Index, ContentDelta Delta)
{
    public const string Name = "content_block_delta";
    public string Type { get; } = Name;
}

/// <summary>What is new in it; one of the three.</summary>
internal sealed record ContentDelta(string Type)
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public string? Text { get; init; }
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public string? Thinking { get; init; }
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public string? PartialJson { get; init; }
}

/// <summary>A block is complete.</summary>
internal sealed record BlockStop(int Index)
{
    public const string Name = "content_block_stop";
    public string Type { get; } = Name;
}

/// <summary>How the message ended and what it took in all.</summary>
internal sealed record MessageDelta(MessageEnd Delta, MessageUsage Usage)
{
    public const string Name = "message_delta";
    public string Type { get; } = Name;
}

/// <summary>Why it ended.</summary>
internal sealed record MessageEnd(string StopReason, string? StopSequence);

/// <summary>An event that is its name alone.</summary>
internal sealed record PlainEvent(string Type)
{
    public static PlainEvent Ping { get; } = new("ping");
    public static PlainEvent MessageStop { get; } = new("message_stop");
}
