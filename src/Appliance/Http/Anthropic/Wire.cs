using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.AI;

namespace Appliance.Http.Anthropic;

// The records of Anthropic's API reference (Messages, token counting, models), as far as this server reads or writes them. Fields that come
// in several shapes stay JsonElement and are read by the code that knows their names.

/// <summary>Body of POST /v1/messages and, without what shapes the answer, of POST /v1/messages/count_tokens.</summary>
internal sealed record MessagesRequest
{
    public string? Model { get; init; }
    public List<MessageParam?>? Messages { get; init; }
    public JsonElement System { get; init; }
    public int? MaxTokens { get; init; }
    public List<string?>? StopSequences { get; init; }
    public float? Temperature { get; init; }
    public int? TopK { get; init; }
    public float? TopP { get; init; }
    public List<ToolParam?>? Tools { get; init; }
    public ToolChoice? ToolChoice { get; init; }
    public ThinkingParam? Thinking { get; init; }
    public OutputConfig? OutputConfig { get; init; }
    public OutputFormat? OutputFormat { get; init; }
    public JsonElement McpServers { get; init; }
    public bool? Stream { get; init; }
}

/// <summary>One message; the content is a string or a list of blocks.</summary>
internal sealed record MessageParam(string? Role, JsonElement Content);

/// <summary>A tool of the caller's own. Those of Anthropic's servers have another type and no schema.</summary>
internal sealed record ToolParam(string? Type, string? Name, string? Description, JsonElement InputSchema);

/// <summary>The field <c>tool_choice</c>.</summary>
internal sealed record ToolChoice(string? Type, string? Name, bool? DisableParallelToolUse);

/// <summary>The field <c>thinking</c>. Its budget is read over: a local model thinks as long as it does, within max_tokens.</summary>
internal sealed record ThinkingParam(string? Type);

/// <summary>The field <c>output_config</c>.</summary>
internal sealed record OutputConfig(OutputFormat? Format);

/// <summary>A schema the answer follows; older clients send it as <c>output_format</c>.</summary>
internal sealed record OutputFormat(string? Type, JsonElement Schema);

/// <summary>An answer, and how a stream of one begins.</summary>
internal sealed record Message(string Id, string Model, IReadOnlyList<ContentBlock> Content, string? StopReason, string? StopSequence, MessageUsage Usage)
{
    public string Type { get; } = "message";
    public string Role { get; } = "assistant";
}

/// <summary>A part of an answer: text, thinking, or the use of a tool.</summary>
internal sealed record ContentBlock(string Type)
{
    public const string TextType = "text", ThinkingType = "thinking", ToolUseType = "tool_use";

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public string? Text { get; init; }
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public string? Thinking { get; init; }

    /// <summary>Anthropic's servers sign what they thought; nobody checks ours.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public string? Signature { get; init; }
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public string? Id { get; init; }
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public string? Name { get; init; }

    /// <summary>The arguments, the text of an object.</summary>
    [JsonConverter(typeof(RawJsonConverter))]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public string? Input { get; init; }

    public static ContentBlock OfText(string text) => new(TextType) { Text = text };

    public static ContentBlock OfThinking(string thinking) => new(ThinkingType) { Thinking = thinking, Signature = "" };

    public static ContentBlock OfCall(FunctionCallContent call, string input) => new(ToolUseType) { Id = call.CallId, Name = call.Name, Input = input };
}

/// <summary>Tokens used. Those of the prompt that had been computed before are told apart, and not in <c>input_tokens</c>.</summary>
internal sealed record MessageUsage(long InputTokens, long CacheReadInputTokens, long OutputTokens)
{
    public long CacheCreationInputTokens { get; }

    /// <summary>What an answer took.</summary>
    public static MessageUsage Of(AnswerEnd end)
    {
        var cached = end.Timings?.ReusedTokens ?? 0;
        return new(end.PromptTokens - cached, cached, end.CompletionTokens);
    }
}

/// <summary>Answer of POST /v1/messages/count_tokens.</summary>
internal sealed record TokenCount(int InputTokens);

/// <summary>GET /v1/models for Anthropic's clients, on one page.</summary>
internal sealed record ModelPage(IReadOnlyList<ModelInfo> Data)
{
    public bool HasMore { get; }
    public string? FirstId => Data.Count > 0 ? Data[0].Id : null;
    public string? LastId => Data.Count > 0 ? Data[^1].Id : null;
}

/// <summary>One model.</summary>
internal sealed record ModelInfo(string Id, string DisplayName, DateTimeOffset CreatedAt)
{
    public string Type { get; } = "model";
}

/// <summary>Anthropic's error envelope, and the event that tells of a fault in mid-stream.</summary>
internal sealed record ErrorBody(ErrorDetail Error)
{
    public string Type { get; } = "error";
}

/// <summary>What went wrong.</summary>
internal sealed record ErrorDetail(string Type, string Message);

[JsonSerializable(typeof(MessagesRequest))]
[JsonSerializable(typeof(Message))]
[JsonSerializable(typeof(TokenCount))]
[JsonSerializable(typeof(ModelPage))]
[JsonSerializable(typeof(ModelInfo))]
[JsonSerializable(typeof(ErrorBody))]
[JsonSerializable(typeof(MessageStart))]
[JsonSerializable(typeof(BlockStart))]
[JsonSerializable(typeof(BlockDelta))]
[JsonSerializable(typeof(BlockStop))]
[JsonSerializable(typeof(MessageDelta))]
[JsonSerializable(typeof(PlainEvent))]
internal sealed partial class AnthropicJson : JsonSerializerContext
{
    /// <summary>Snake case, and text as itself: it is never put into HTML.</summary>
    public static AnthropicJson Wire { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
