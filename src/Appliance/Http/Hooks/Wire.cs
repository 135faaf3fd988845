using System.Text.Json;
using System.Text.Json.Serialization;

namespace Appliance.Http.Hooks;

/// <summary>Body of POST /hooks/wake (PROTOCOL.md §6).</summary>
internal sealed record WakeRequest(string? Text, string? Mode, string? IdempotencyKey);

/// <summary>Answer of it.</summary>
internal sealed record WakeAnswer(string Mode, string EventOutcome)
{
    public bool Ok { get; } = true;
}

/// <summary>Body of POST /hooks/agent (PROTOCOL.md §6). The model, thinking and time limit of the session count; those asked for are read over.</summary>
internal sealed record HookAgentRequest(string? Message, string? Name, string? AgentId, string? SessionKey, bool? Deliver, bool? WaitForCompletion, string? IdempotencyKey);

/// <summary>Answer of it.</summary>
internal sealed record HookStarted(string RunId)
{
    public bool Ok { get; } = true;
}

[JsonSerializable(typeof(WakeRequest))]
[JsonSerializable(typeof(WakeAnswer))]
[JsonSerializable(typeof(HookAgentRequest))]
[JsonSerializable(typeof(HookStarted))]
internal sealed partial class HookJson : JsonSerializerContext
{
    public static HookJson Wire { get; } = new(new JsonSerializerOptions { PropertyNamingPolicy = JsonNamingPolicy.CamelCase });
}
