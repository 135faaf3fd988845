using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.AI;

namespace Appliance.Http.OpenAi;

// The records of OpenAI's API reference (chat completions, completions, models), as far as this server reads or writes them.
// Fields that come in several shapes stay JsonElement and are read by the code that knows their names.

/// <summary>Body of POST /v1/chat/completions.</summary>
internal sealed record ChatCompletionRequest : SamplingFields
{
    public List<WireMessage?>? Messages { get; init; }
    public List<WireTool?>? Tools { get; init; }
    public JsonElement ToolChoice { get; init; }
    public bool? ParallelToolCalls { get; init; }
    public JsonElement Functions { get; init; }
    public WireResponseFormat? ResponseFormat { get; init; }
    public bool? Logprobs { get; init; }
    public int? MaxCompletionTokens { get; init; }
    public JsonElement ChatTemplateKwargs { get; init; }
}

/// <summary>Body of POST /v1/completions.</summary>
internal sealed record CompletionRequest : SamplingFields
{
    public JsonElement Prompt { get; init; }
    public JsonElement Suffix { get; init; }
    public int? Logprobs { get; init; }
    public int? BestOf { get; init; }
    public bool? Echo { get; init; }
}

/// <summary>One message; the content is a string or a list of parts.</summary>
internal sealed record WireMessage(string? Role, JsonElement Content, string? Name, List<WireToolCall?>? ToolCalls, string? ToolCallId);

/// <summary>A call in an assistant's message; the arguments are JSON inside a string.</summary>
internal sealed record WireToolCall(string? Id, WireCalledFunction? Function);

/// <summary>The function of a call, in requests and answers alike.</summary>
internal sealed record WireCalledFunction(string? Name, string? Arguments);

/// <summary>The field <c>response_format</c>.</summary>
internal sealed record WireResponseFormat(string? Type, WireJsonSchema? JsonSchema);

/// <summary>A schema an answer follows. The field <c>strict</c> is read over: every schema is followed to the letter.</summary>
internal sealed record WireJsonSchema(string? Name, string? Description, JsonElement Schema);

/// <summary>The field <c>stream_options</c>.</summary>
internal sealed record StreamOptions(bool? IncludeUsage);

/// <summary>Answer of POST /v1/chat/completions.</summary>
internal sealed record ChatCompletion(string Id, long Created, string Model, IReadOnlyList<ChatChoice> Choices, Usage Usage)
{
    public string Object { get; } = "chat.completion";
}

/// <summary>The one choice of an answer.</summary>
internal sealed record ChatChoice(int Index, AnswerMessage Message, string FinishReason)
{
    public JsonElement? Logprobs { get; }
}

/// <summary>The assistant's message.</summary>
internal sealed record AnswerMessage(string? Content)
{
    public string Role { get; } = "assistant";
    public string? Refusal { get; }

    /// <summary>Not OpenAI's field but that of DeepSeek, vLLM and llama.cpp.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public string? ReasoningContent { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public IReadOnlyList<AnswerToolCall>? ToolCalls { get; init; }
}

/// <summary>A call in an answer.</summary>
/// <param name="Index">Which of the answer's calls it is; only streams say.</param>
/// <param name="Id">What the result names it by.</param>
/// <param name="Function">The function and its arguments.</param>
internal sealed record AnswerToolCall(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? Index, string Id, WireCalledFunction Function)
{
    public string Type { get; } = "function";

    /// <summary>A call on this wire.</summary>
    public static AnswerToolCall From(FunctionCallContent call, int? index = null) =>
        new(index, call.CallId, new WireCalledFunction(call.Name, ChatRequests.ToArguments(call)));
}

/// <summary>One event of a streamed chat completion.</summary>
internal record ChatChunk(string Id, long Created, string Model, IReadOnlyList<ChunkChoice> Choices)
{
    public string Object { get; } = "chat.completion.chunk";
}

/// <summary>The same where usage was asked for: null on every event but the last.</summary>
internal sealed record ChatChunkWithUsage(string Id, long Created, string Model, IReadOnlyList<ChunkChoice> Choices, Usage? Usage)
    : ChatChunk(Id, Created, Model, Choices);

/// <summary>The one choice of an event.</summary>
internal sealed record ChunkChoice(int Index, Delta Delta, string? FinishReason)
{
    public JsonElement? Logprobs { get; }
}

/// <summary>What is new.</summary>
internal sealed record Delta(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Role,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Content)
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public string? ReasoningContent { get; init; }
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public IReadOnlyList<AnswerToolCall>? ToolCalls { get; init; }
}

/// <summary>Answer of POST /v1/completions, and each event of its stream.</summary>
internal record Completion(string Id, long Created, string Model, IReadOnlyList<CompletionChoice> Choices)
{
    public string Object { get; } = "text_completion";
}

/// <summary>The same with usage: always when not streamed, else where it was asked for.</summary>
internal sealed record CompletionWithUsage(string Id, long Created, string Model, IReadOnlyList<CompletionChoice> Choices, Usage? Usage)
    : Completion(Id, Created, Model, Choices);

/// <summary>The completion of one prompt.</summary>
internal sealed record CompletionChoice(int Index, string Text, string? FinishReason)
{
    public JsonElement? Logprobs { get; }
}

/// <summary>Tokens used.</summary>
internal sealed record Usage(long PromptTokens, long CompletionTokens, PromptTokensDetails PromptTokensDetails)
{
    /// <summary>No tokens.</summary>
    public static Usage None { get; } = new(0, 0, new(0));

    public long TotalTokens => PromptTokens + CompletionTokens;

    /// <summary>These and what an answer took.</summary>
    public Usage Plus(AnswerEnd end) => new(
        PromptTokens + end.PromptTokens, CompletionTokens + end.CompletionTokens, new(PromptTokensDetails.CachedTokens + (end.Timings?.ReusedTokens ?? 0)));
}

/// <summary>Of the prompt's tokens, those that had been computed before.</summary>
internal sealed record PromptTokensDetails(long CachedTokens);

/// <summary>Answer of GET /v1/models.</summary>
internal sealed record ModelList(IReadOnlyList<ModelEntry> Data)
{
    public string Object { get; } = "list";
}

/// <summary>One model.</summary>
internal sealed record ModelEntry(string Id, long Created)
{
    public string Object { get; } = "model";
    public string OwnedBy { get; } = "appliance";
}

[JsonSerializable(typeof(ChatCompletionRequest))]
[JsonSerializable(typeof(CompletionRequest))]
[JsonSerializable(typeof(ChatCompletion))]
[JsonSerializable(typeof(ChatChunk))]
[JsonSerializable(typeof(ChatChunkWithUsage))]
[JsonSerializable(typeof(Completion))]
[JsonSerializable(typeof(CompletionWithUsage))]
[JsonSerializable(typeof(EmbeddingsRequest))]
[JsonSerializable(typeof(EmbeddingList))]
[JsonSerializable(typeof(RerankRequest))]
[JsonSerializable(typeof(RerankAnswer))]
[JsonSerializable(typeof(ModelList))]
[JsonSerializable(typeof(ApiErrorBody))]
internal sealed partial class OpenAiJson : JsonSerializerContext
{
    /// <summary>Snake case, and text as itself: it is never put into HTML.</summary>
    public static OpenAiJson Wire { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
