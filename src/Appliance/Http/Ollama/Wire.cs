using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.AI;

namespace Appliance.Http.Ollama;

// The records of Ollama's API (docs/api.md and api/types.go of github.com/ollama/ollama), as far as this server reads or writes them.

/// <summary>Body of POST /api/chat.</summary>
internal sealed record ChatRequest : OllamaRequest
{
    public List<OllamaMessage?>? Messages { get; init; }
    public List<WireTool?>? Tools { get; init; }
}

/// <summary>Body of POST /api/generate.</summary>
internal sealed record GenerateRequest : OllamaRequest
{
    public string? Prompt { get; init; }
    public string? System { get; init; }
    public string? Suffix { get; init; }
    public string? Template { get; init; }
    public bool? Raw { get; init; }
    public JsonElement Images { get; init; }
    public JsonElement Context { get; init; }
}

/// <summary>Body of POST /api/show; old clients say name.</summary>
internal sealed record ShowRequest(string? Model, string? Name);

/// <summary>One message.</summary>
internal sealed record OllamaMessage(string? Role, string? Content, JsonElement Images, List<OllamaToolCall?>? ToolCalls, string? ToolName);

/// <summary>A call in an assistant's message.</summary>
internal sealed record OllamaToolCall(OllamaCalledFunction? Function);

/// <summary>The function of a call; the arguments are an object.</summary>
internal sealed record OllamaCalledFunction(string? Name, JsonElement Arguments);

/// <summary>Answer of POST /api/chat, and each line of its stream.</summary>
internal sealed record ChatAnswer(string Model, DateTime CreatedAt, OllamaAnswerMessage Message, bool Done) : AnswerNumbers(Done);

/// <summary>The assistant's message.</summary>
internal sealed record OllamaAnswerMessage(string Content)
{
    public string Role { get; } = "assistant";
    public string? Thinking { get; init; }
    public IReadOnlyList<OllamaAnswerCall>? ToolCalls { get; init; }

    /// <summary>What is new in a piece.</summary>
    public static OllamaAnswerMessage From(AnswerPiece piece) => new(piece.Text)
    {
        Thinking = piece.Reasoning,
        ToolCalls = piece.Call is null ? null : [ToCall(piece.Call)],
    };

    /// <summary>An answer as one message.</summary>
    public static OllamaAnswerMessage From(WholeAnswer whole) => new(whole.Text)
    {
        Thinking = whole.Reasoning,
        ToolCalls = whole.Calls.Count > 0 ? [.. whole.Calls.Select(ToCall)] : null,
    };

    private static OllamaAnswerCall ToCall(FunctionCallContent call) => new(new OllamaAnswerFunction(call.Name, ChatRequests.ToArguments(call)));
}

/// <summary>A call in an answer.</summary>
internal sealed record OllamaAnswerCall(OllamaAnswerFunction Function);

/// <summary>The function of a call; the arguments are the text of an object.</summary>
internal sealed record OllamaAnswerFunction(string Name, [property: JsonConverter(typeof(RawJsonConverter))] string Arguments);

/// <summary>Answer of POST /api/generate, and each line of its stream.</summary>
internal sealed record GenerateAnswer(string Model, DateTime CreatedAt, string Response, string? Thinking, bool Done) : AnswerNumbers(Done);

/// <summary>How an answer ended; durations in nanoseconds. Only the last line has them.</summary>
internal abstract record AnswerNumbers([property: JsonPropertyOrder(1)] bool Done)
{
    private const long NanosecondsPerTick = 1_000_000 / TimeSpan.TicksPerMillisecond;

    [JsonPropertyOrder(2)] public string? DoneReason { get; init; }
    [JsonPropertyOrder(2)] public long? TotalDuration { get; init; }
    [JsonPropertyOrder(2)] public long? LoadDuration { get; init; }
    [JsonPropertyOrder(2)] public long? PromptEvalCount { get; init; }
    [JsonPropertyOrder(2)] public long? PromptEvalDuration { get; init; }
    [JsonPropertyOrder(2)] public long? EvalCount { get; init; }
    [JsonPropertyOrder(2)] public long? EvalDuration { get; init; }

    /// <summary>A duration on this wire.</summary>
    public static long? ToNanoseconds(TimeSpan? time) => time?.Ticks * NanosecondsPerTick;
}

/// <summary>Answer of GET /api/tags and GET /api/ps.</summary>
internal sealed record TagList(IReadOnlyList<Tag> Models);

/// <summary>One model.</summary>
internal sealed record Tag(string Name, DateTime ModifiedAt, long Size, string Digest, Details Details)
{
    public string Model => Name;

    /// <summary>Only in /api/ps.</summary>
    public DateTime? ExpiresAt { get; init; }

    /// <summary>Only in /api/ps.</summary>
    public long? SizeVram { get; init; }
}

/// <summary>What a model is.</summary>
internal sealed record Details(string Family, string ParameterSize, string QuantizationLevel)
{
    public string ParentModel { get; } = "";
    public string Format { get; } = "onnx";
    public IReadOnlyList<string> Families => [Family];
}

/// <summary>Answer of POST /api/show.</summary>
internal sealed record ShowAnswer(string? License, Details Details, Dictionary<string, JsonElement> ModelInfo, DateTime ModifiedAt, IReadOnlyList<string> Capabilities)
{
    public string Modelfile { get; } = "";
    public string Parameters { get; } = "";
    public string Template { get; } = "";
}

/// <summary>Body of POST /api/embed; the input is a string or a list of them. options are read over.</summary>
internal sealed record EmbedRequest(string? Model, JsonElement Input, bool? Truncate, int? Dimensions, JsonElement KeepAlive);

/// <summary>Answer of POST /api/embed; durations in nanoseconds.</summary>
internal sealed record EmbedAnswer(
    string Model, IReadOnlyList<ReadOnlyMemory<float>> Embeddings, long TotalDuration, long LoadDuration, long PromptEvalCount);

/// <summary>Body of POST /api/embeddings.</summary>
internal sealed record EmbeddingsRequest(string? Model, string? Prompt, JsonElement KeepAlive);

/// <summary>Answer of POST /api/embeddings.</summary>
internal sealed record EmbeddingsAnswer(ReadOnlyMemory<float> Embedding);

/// <summary>Answer of GET /api/version.</summary>
internal sealed record VersionAnswer(string Version);

/// <summary>Ollama's error envelope.</summary>
internal sealed record OllamaError(string Error);

[JsonSerializable(typeof(ChatRequest))]
[JsonSerializable(typeof(GenerateRequest))]
[JsonSerializable(typeof(ShowRequest))]
[JsonSerializable(typeof(ChatAnswer))]
[JsonSerializable(typeof(GenerateAnswer))]
[JsonSerializable(typeof(TagList))]
[JsonSerializable(typeof(ShowAnswer))]
[JsonSerializable(typeof(EmbedRequest))]
[JsonSerializable(typeof(EmbedAnswer))]
[JsonSerializable(typeof(EmbeddingsRequest))]
[JsonSerializable(typeof(EmbeddingsAnswer))]
[JsonSerializable(typeof(VersionAnswer))]
[JsonSerializable(typeof(OllamaError))]
internal sealed partial class OllamaJson : JsonSerializerContext
{
    /// <summary>Snake case, nothing that is null, and text as itself: it is never put into HTML.</summary>
    public static OllamaJson Wire { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
