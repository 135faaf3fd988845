using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.AI;
using Models.Generation;

namespace Appliance.Http.OpenAi.Responses;

/// <summary>The options of a request in Microsoft.Extensions.AI's language.</summary>
internal static class ResponsesTranslation
{
    /// <summary>Checks and translates. What is left out has OpenAI's documented default: temperature 1, top_p 1.</summary>
    /// <exception cref="ApiException">400, naming the field.</exception>
    /// <exception cref="GenerationException">A sampling value is out of range.</exception>
    public static ChatOptions ToOptions(ResponsesRequest request)
    {
        RequireSupported(request);
        if (request.MaxOutputTokens < 0) throw ApiException.BadRequest("max_output_tokens must not be negative.", "max_output_tokens");
        var generation = new GenerationOptions { MaxTokens = request.MaxOutputTokens, Temperature = request.Temperature ?? 1, TopP = request.TopP ?? 1 };
        generation.Validate();
        var options = LocalChatClient.ToChatOptions(generation);
        options.AllowMultipleToolCalls = request.ParallelToolCalls;
        options.ResponseFormat = ToResponseFormat(request.Text);
        SetTools(options, ToTools(request.Tools), request.ToolChoice);
        if (request.Reasoning.IsPresent() && request.Reasoning.ToPlainObject("reasoning").TryGetProperty("effort", out var effort) && effort.IsPresent())
        {
            // What templates call it: Qwen's and its kin's, and gpt-oss's.
            options.AdditionalProperties![ChatOptionKeys.TemplateVariables] = new JsonObject
            {
                ["enable_thinking"] = !effort.Is("none"),
                ["reasoning_effort"] = effort.ToText("reasoning.effort"),
            };
        }
        return options;
    }

    private static void RequireSupported(ResponsesRequest request)
    {
        if (request.Background == true) throw ApiException.NotSupported("background", "Responses are not made in the background; leave background out.");
        if (request.Conversation.IsPresent()) throw ApiException.NotSupported("conversation", "Conversations are not kept by name; use previous_response_id.");
        if (request.Prompt.IsPresent()) throw ApiException.NotSupported("prompt", "There are no stored prompts; send instructions and input.");
        if (request.TopLogprobs > 0) throw ApiException.NotSupported("top_logprobs", "logprobs are not supported yet.");
        if (request.Truncation is not (null or "disabled")) throw ApiException.NotSupported("truncation", "Conversations are not cut here; leave truncation out or set it to disabled.");
    }

    private static ChatResponseFormat? ToResponseFormat(JsonElement text)
    {
        if (!text.IsPresent() || !text.ToPlainObject("text").TryGetProperty("format", out var format) || !format.IsPresent()) return null;
        var type = format.ToPlainObject("text.format").TryGetProperty("type", out var named) ? named.ToText("text.format.type") : null;
        return type switch
        {
            "text" => ChatResponseFormat.Text,
            "json_object" => ChatResponseFormat.Json,
            "json_schema" => ChatRequests.ToSchemaFormat(format.TryGetProperty("schema", out var schema) ? schema : default, "text.format.schema"),
            _ => throw ApiException.BadRequest("text.format.type must be text, json_object or json_schema.", "text.format.type"),
        };
    }

    private static List<AITool> ToTools(JsonElement wire)
    {
        if (!wire.IsPresent()) return [];
        if (wire.ValueKind != JsonValueKind.Array) throw ApiException.BadRequest("tools must be a list.", "tools");
        return [.. wire.EnumerateArray().Select((tool, i) => ToTool(tool, $"tools[{i}]"))];
    }

    private static AITool ToTool(JsonElement tool, string at)
    {
        if (tool.ValueKind != JsonValueKind.Object || !Optional(tool, "type").Is("function"))
            throw ApiException.NotSupported(at, $"{at} must have the type 'function': this server has no tools of OpenAI's.");
        return ChatRequests.ToTool(Name(tool, at), OptionalText(tool, "description", at), Optional(tool, "parameters"), at, $"{at}.parameters");
    }

    private static void SetTools(ChatOptions options, List<AITool> tools, JsonElement choice)
    {
        if (choice.ValueKind == JsonValueKind.Object && Optional(choice, "type").Is("allowed_tools"))
        {
            var allowed = Optional(choice, "tools");
            if (allowed.ValueKind != JsonValueKind.Array) throw ApiException.BadRequest("tool_choice.tools must be a list.", "tool_choice.tools");
            var names = allowed.EnumerateArray().Select((tool, i) => Name(tool, $"tool_choice.tools[{i}]")).ToHashSet(StringComparer.Ordinal);
            tools.RemoveAll(tool => !names.Contains(tool.Name));
            choice = Optional(choice, "mode");
        }
        options.ToolMode = ToToolMode(choice, tools);
        // Not even described: a model that sees tools is drawn to call them.
        if (options.ToolMode is not NoneChatToolMode) options.Tools = tools;
    }

    private static ChatToolMode? ToToolMode(JsonElement choice, List<AITool> tools)
    {
        if (!choice.IsPresent()) return null;
        if (choice.Is("none")) return ChatToolMode.None;
        if (choice.Is("auto")) return ChatToolMode.Auto;
        if (choice.Is("required")) return ChatRequests.RequireAny(tools);
        if (choice.ValueKind == JsonValueKind.Object && Optional(choice, "type").Is("function")) return ChatRequests.RequireTool(tools, Name(choice, "tool_choice"));
        throw ApiException.BadRequest("tool_choice must be none, auto, required, or an object that names a function.", "tool_choice");
    }

    private static JsonElement Optional(JsonElement element, string name) => element.TryGetProperty(name, out var value) ? value : default;

    private static string? OptionalText(JsonElement element, string name, string at) => Optional(element, name) is var value && value.IsPresent() ? value.ToText($"{at}.{name}") : null;

    private static string Name(JsonElement element, string at) => element.ValueKind == JsonValueKind.Object && OptionalText(element, "name", at) is { } name ? name
        : throw ApiException.BadRequest($"{at}.name is missing.", $"{at}.name");
}
