using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.AI;
using Models.Generation;

namespace Appliance.Http.Anthropic;

/// <summary>A request of Anthropic's wire in Microsoft.Extensions.AI's language.</summary>
internal static class MessagesTranslation
{
    /// <summary>Checks and translates a request. What is left out has Anthropic's documented default: temperature 1, no thinking.</summary>
    /// <exception cref="ApiException">400, naming the field.</exception>
    /// <exception cref="GenerationException">A sampling value is out of range.</exception>
    public static (IReadOnlyList<ChatMessage> Messages, ChatOptions Options) Translate(MessagesRequest request)
    {
        if (request.McpServers.IsPresent()) throw ApiException.NotSupported("mcp_servers", "mcp_servers are not supported: give the tools themselves.");
        var generation = new GenerationOptions
        {
            MaxTokens = request.MaxTokens,
            Temperature = request.Temperature ?? 1,
            TopK = request.TopK ?? 0,
            TopP = request.TopP ?? 1,
            Stop = ToStops(request.StopSequences),
        };
        generation.Validate();
        var options = LocalChatClient.ToChatOptions(generation);
        var tools = ToTools(request.Tools);
        options.ToolMode = ToToolMode(request.ToolChoice, tools);
        // Not even described: a model that sees tools is drawn to call them.
        if (options.ToolMode is not NoneChatToolMode) options.Tools = tools;
        if (request.ToolChoice?.DisableParallelToolUse == true) options.AllowMultipleToolCalls = false;
        options.ResponseFormat = ToResponseFormat(request.OutputConfig?.Format ?? request.OutputFormat);
        // Templates think unless they are told not to; this wire's clients expect it the other way round.
        options.AdditionalProperties![ChatOptionKeys.TemplateVariables] = new JsonObject { ["enable_thinking"] = Thinks(request.Thinking) };
        return (ToMessages(request), options);
    }

    private static bool Thinks(ThinkingParam? thinking) => thinking switch
    {
        null or { Type: "disabled" } => false,
        { Type: "enabled" or "adaptive" } => true,
        _ => throw ApiException.BadRequest("thinking.type must be enabled, adaptive or disabled.", "thinking.type"),
    };

    private static string[] ToStops(List<string?>? stops)
    {
        if (stops is null) return [];
        if (stops.Count > ChatRequests.MostStops) throw ApiException.BadRequest($"stop_sequences takes at most {ChatRequests.MostStops} strings.", "stop_sequences");
        return [.. stops.Select(stop => string.IsNullOrEmpty(stop) ? throw ApiException.BadRequest("stop_sequences must hold strings that are not empty.", "stop_sequences") : stop)];
    }

    private static List<AITool> ToTools(List<ToolParam?>? wire)
    {
        var tools = new List<AITool>();
        for (var i = 0; i < wire?.Count; i++)
        {
            var at = $"tools[{i}]";
            var tool = wire[i] ?? throw ApiException.BadRequest($"{at} must be an object.", at);
            if (tool.Type is not (null or "custom")) throw ApiException.NotSupported(at, $"{at} is of the type '{tool.Type}', which runs on Anthropic's servers; this server takes tools of your own only.");
            tools.Add(ChatRequests.ToTool(tool.Name, tool.Description, tool.InputSchema, at, $"{at}.input_schema"));
        }
        return tools;
    }

    private static ChatToolMode? ToToolMode(ToolChoice? choice, List<AITool> tools) => choice switch
    {
        null => null,
        { Type: "auto" } => ChatToolMode.Auto,
        { Type: "none" } => ChatToolMode.None,
        { Type: "any" } => ChatRequests.RequireAny(tools),
        { Type: "tool", Name: var name } => ChatRequests.RequireTool(tools, name ?? throw ApiException.BadRequest("tool_choice.name is missing.", "tool_choice.name")),
        _ => throw ApiException.BadRequest("tool_choice.type must be auto, any, tool or none.", "tool_choice.type"),
    };

    private static ChatResponseFormat? ToResponseFormat(OutputFormat? format) => format switch
    {
        null => null,
        { Type: "json_schema" } => ChatRequests.ToSchemaFormat(format.Schema, "output_config.format.schema"),
        _ => throw ApiException.BadRequest("output_config.format.type must be json_schema.", "output_config.format.type"),
    };

    private static List<ChatMessage> ToMessages(MessagesRequest request)
    {
        if (request.Messages is not { Count: > 0 } wire) throw ApiException.BadRequest("messages must hold at least one message.", "messages");
        var messages = new List<ChatMessage>(wire.Count + 1);
        if (request.System.IsPresent()) messages.Add(new(ChatRole.System, string.Join('\n', ToSystem(request.System, "system"))));
        for (var i = 0; i < wire.Count; i++)
        {
            var at = $"messages[{i}]";
            var message = wire[i] ?? throw ApiException.BadRequest($"{at} must be an object.", at);
            var contents = ContentBlocks.Read(message.Content, $"{at}.content");
            if (message.Role != "user" && contents.OfType<SentPicture>().FirstOrDefault() is { } picture) throw ApiException.BadRequest($"{picture.At} is a picture, and they stand in messages of the user.", picture.At);
            switch (message.Role)
            {
                case "user": messages.AddRange(ToUserMessages(contents)); break;
                case "assistant": messages.Add(new(ChatRole.Assistant, contents)); break;
                case "system": messages.Add(new(ChatRole.System, contents)); break;
                case null: throw ApiException.BadRequest($"{at}.role is missing.", $"{at}.role");
                default: throw ApiException.BadRequest($"{at}.role must be user or assistant, not '{message.Role}'.", $"{at}.role");
            }
        }
        return messages[^1].Role != ChatRole.Assistant ? messages
            : throw ApiException.BadRequest("messages must end with the user: this server does not continue an answer that the client has begun.", "messages");
    }

    private static IEnumerable<string> ToSystem(JsonElement system, string at) => system.ValueKind == JsonValueKind.String
        ? [system.ToText(at)]
        : ContentBlocks.Read(system, at).Select(content => (content as TextContent)?.Text ?? throw ApiException.BadRequest($"{at} takes text only.", at));

    // Results of tools stand in a user's message on this wire; templates know them as messages of their own, before what the user adds.
    private static IEnumerable<ChatMessage> ToUserMessages(List<AIContent> contents)
    {
        foreach (var result in contents.OfType<FunctionResultContent>()) yield return new(ChatRole.Tool, [result]);
        List<AIContent> others = [.. contents.Where(content => content is not FunctionResultContent)];
        if (others.Count > 0 || contents.Count == 0) yield return new(ChatRole.User, others);
    }
}
