using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Appliance.Http.OpenAi.Responses;

// The records of OpenAI's API reference (responses), as far as this server reads or writes them. Fields that come in several shapes stay
// JsonElement; what an answer only repeats is written as it was read.

/// <summary>Body of POST /v1/responses.</summary>
internal sealed record ResponsesRequest
{
    public string? Model { get; init; }
    public JsonElement Input { get; init; }
    public string? Instructions { get; init; }
    public string? PreviousResponseId { get; init; }
    public int? MaxOutputTokens { get; init; }
    public float? Temperature { get; init; }
    public float? TopP { get; init; }
    public JsonElement Tools { get; init; }
    public JsonElement ToolChoice { get; init; }
    public bool? ParallelToolCalls { get; init; }
    public JsonElement Text { get; init; }
    public JsonElement Reasoning { get; init; }
    public JsonElement Metadata { get; init; }
    public bool? Store { get; init; }
    public bool? Stream { get; init; }
    public string? Truncation { get; init; }
    public bool? Background { get; init; }
    public JsonElement Conversation { get; init; }
    public JsonElement Prompt { get; init; }
    public int? TopLogprobs { get; init; }
}

/// <summary>A response, as it is answered, told of in events, and kept.</summary>
internal sealed record Response(string Id, long CreatedAt, string Model)
{
    public const string InProgress = "in_progress", Completed = "completed", Incomplete = "incomplete", Failed = "failed";

    public string Object { get; } = "response";
    public string Status { get; init; } = InProgress;
    public long? CompletedAt { get; init; }
    public ResponseError? Error { get; init; }
    public IncompleteDetails? IncompleteDetails { get; init; }
    public string? Instructions { get; init; }
    public string? PreviousResponseId { get; init; }
    public int? MaxOutputTokens { get; init; }
    public IReadOnlyList<OutputItem> Output { get; init; } = [];
    public bool ParallelToolCalls { get; init; }
    public float Temperature { get; init; }
    public float TopP { get; init; }
    public JsonElement ToolChoice { get; init; }
    public JsonElement Tools { get; init; }
    public JsonElement Text { get; init; }
    public JsonElement Reasoning { get; init; }
    public JsonElement Metadata { get; init; }
    public bool Store { get; init; }
    public bool Background { get; }
    public string Truncation { get; } = "disabled";
    public ResponseUsage? Usage { get; init; }
}

/// <summary>Why a response failed.</summary>
internal sealed record ResponseError(string Code, string Message);

/// <summary>Why a response is not whole.</summary>
internal sealed record IncompleteDetails(string Reason);

/// <summary>Tokens used.</summary>
internal sealed record ResponseUsage(long InputTokens, InputTokensDetails InputTokensDetails, long OutputTokens)
{
    public OutputTokensDetails OutputTokensDetails { get; } = new(0);
    public long TotalTokens => InputTokens + OutputTokens;

    /// <summary>What an answer took.</summary>
    public static ResponseUsage Of(AnswerEnd end) => new(end.PromptTokens, new(end.Timings?.ReusedTokens ?? 0), end.CompletionTokens);
}

/// <summary>Of the prompt's tokens, those that had been computed before.</summary>
internal sealed record InputTokensDetails(long CachedTokens);

/// <summary>Thinking is counted with the answer.</summary>
internal sealed record OutputTokensDetails(long ReasoningTokens);

/// <summary>A part of a response: a message, thinking, or the call of a function.</summary>
internal sealed record OutputItem(string Id, string Type, string Status)
{
    public const string MessageType = "message", ReasoningType = "reasoning", CallType = "function_call";

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public string? Role { get; init; }
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public IReadOnlyList<OutputContent>? Content { get; init; }
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public IReadOnlyList<OutputContent>? Summary { get; init; }
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public string? CallId { get; init; }
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public string? Name { get; init; }

    /// <summary>The arguments, a JSON object inside a string.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public string? Arguments { get; init; }
}

/// <summary>The text of a message or of thinking.</summary>
internal sealed record OutputContent(string Type, string Text)
{
    public const string TextType = "output_text", ReasoningType = "reasoning_text";

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public IReadOnlyList<string>? Annotations => Type == TextType ? [] : null;
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public IReadOnlyList<string>? Logprobs => Type == TextType ? [] : null;
}

/// <summary>One event of a streamed response; which fields are there depends on its type.</summary>
internal sealed record ResponseEvent(string Type)
{
    /// <summary>Counts the events of one stream, from 0.</summary>
    public int SequenceNumber { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public Response? Response { get; init; }
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public int? OutputIndex { get; init; }
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public OutputItem? Item { get; init; }
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public string? ItemId { get; init; }
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public int? ContentIndex { get; init; }
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public OutputContent? Part { get; init; }
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public string? Delta { get; init; }
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public string? Text { get; init; }
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public string? Name { get; init; }
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public string? Arguments { get; init; }
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public IReadOnlyList<string>? Logprobs { get; init; }
}

/// <summary>Answer of DELETE /v1/responses/ID.</summary>
internal sealed record DeletedResponse(string Id)
{
    public string Object { get; } = "response";
    public bool Deleted { get; } = true;
}

[JsonSerializable(typeof(ResponsesRequest))]
[JsonSerializable(typeof(Response))]
[JsonSerializable(typeof(ResponseEvent))]
[JsonSerializable(typeof(DeletedResponse))]
internal sealed partial class ResponsesJson : JsonSerializerContext
{
    /// <summary>Snake case, and text as itself: it is never put into HTML.</summary>
    public static ResponsesJson Wire { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
