using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Runtime.Agents.Turns;

namespace Appliance.Http.Agents;

/// <summary>Body of POST /api/v1/chat.</summary>
internal sealed record AgentChatRequest(string? Message, string? SessionKey, string? AgentId, string? IdempotencyKey);

/// <summary>How a turn ended.</summary>
internal sealed record AgentAnswer(bool Ok, string RunId, string SessionKey, string Status, string Text)
{
    public string? Model { get; init; }
    public long? InputTokens { get; init; }
    public long? OutputTokens { get; init; }
    public string? Error { get; init; }

    /// <summary>The answer to a turn.</summary>
    public static AgentAnswer Of(string sessionKey, string runId, TurnResult result) =>
        new(result.Status == TurnStatus.Ok, runId, sessionKey, result.Status switch { TurnStatus.Ok => "ok", TurnStatus.Aborted => "aborted", _ => "failed" }, result.Answer?.Text ?? "")
        {
            Model = result.Answer?.Model,
            InputTokens = result.Answer?.InputTokens,
            OutputTokens = result.Answer?.OutputTokens,
            Error = result.Error,
        };
}

/// <summary>Answer of GET /api/v1/skills.</summary>
internal sealed record SkillList(IReadOnlyList<SkillEntry> Skills);

/// <summary>A skill; the reason says why the agent cannot use it.</summary>
internal sealed record SkillEntry(string Name, string Description, string Source, bool Eligible, string? Reason);

/// <summary>Body of POST /tools/invoke (PROTOCOL.md §6).</summary>
internal sealed record ToolRequest(string? Tool, string? Name, JsonElement Args, string? SessionKey, string? AgentId, string? IdempotencyKey);

/// <summary>Answer of it.</summary>
internal sealed record ToolAnswer(bool Ok, ToolContent Result);

/// <summary>What came of a call.</summary>
internal sealed record ToolContent(IReadOnlyList<ToolText> Content, bool IsError);

/// <summary>A text. Whatever it says, it is never made into a file or a link.</summary>
internal sealed record ToolText(string Text)
{
    public string Type { get; } = "text";
}

[JsonSerializable(typeof(AgentChatRequest))]
[JsonSerializable(typeof(AgentAnswer))]
[JsonSerializable(typeof(SkillList))]
[JsonSerializable(typeof(ToolRequest))]
[JsonSerializable(typeof(ToolAnswer))]
internal sealed partial class AgentJson : JsonSerializerContext
{
    /// <summary>Camel case, nothing that is null, and text as itself.</summary>
    public static AgentJson Wire { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
