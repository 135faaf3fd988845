using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.AI;
using Models.Generation;

namespace Appliance.Http.OpenAi;

/// <summary>A chat request of OpenAI's wire in Microsoft.Extensions.AI's language.</summary>
internal static class ChatTranslation
{
    /// <summary>Checks and translates a request.</summary>
    /// <exception cref="ApiException">400, naming the field.</exception>
    /// <exception cref="GenerationException">A sampling value is out of range.</exception>
    public static (IReadOnlyList<ChatMessage> Messages, ChatOptions Options) Translate(ChatCompletionRequest request)
    {
        if (request.Logprobs == true) throw ApiException.NotSupported("logprobs", "logprobs are not supported yet.");
        if (request.Functions.IsPresent()) throw ApiException.NotSupported("functions", "functions are not supported; use tools.");
        if (request.MaxCompletionTokens < 0) throw ApiException.BadRequest("max_completion_tokens must not be negative.", "max_completion_tokens");
        var generation = request.ToOptions(request.MaxCompletionTokens ?? request.MaxTokens);
        var options = LocalChatClient.ToChatOptions(generation);
        var tools = ChatRequests.ToTools(request.Tools);
        options.ToolMode = ToToolMode(request.ToolChoice, tools);
        // Not even described: a model that sees tools is drawn to call them.
        if (options.ToolMode is not NoneChatToolMode) options.Tools = tools;
        options.AllowMultipleToolCalls = request.ParallelToolCalls;
        options.ResponseFormat = ToResponseFormat(request.ResponseFormat);
        if (request.ChatTemplateKwargs.IsPresent())
            options.AdditionalProperties![ChatOptionKeys.TemplateVariables] = JsonObject.Create(request.ChatTemplateKwargs.ToPlainObject("chat_template_kwargs"));
        return (ToMessages(request.Messages), options);
    }

    private static ChatResponseFormat? ToResponseFormat(WireResponseFormat? format) => format?.Type switch
    {
        null when format is null => null,
        "text" => ChatResponseFormat.Text,
        "json_object" => ChatResponseFormat.Json,
        "json_schema" when format.JsonSchema is { } wanted =>
            ChatRequests.ToSchemaFormat(wanted.Schema, "response_format.json_schema.schema", wanted.Name, wanted.Description),
        "json_schema" => throw ApiException.BadRequest("response_format.json_schema is missing.", "response_format.json_schema"),
        _ => throw ApiException.BadRequest("response_format.type must be text, json_object or json_schema.", "response_format"),
    };

    private static ChatToolMode? ToToolMode(JsonElement choice, IList<AITool> tools)
    {
        if (!choice.IsPresent()) return null;
        if (choice.Is("none")) return ChatToolMode.None;
        if (choice.Is("auto")) return ChatToolMode.Auto;
        if (choice.Is("required")) return ChatRequests.RequireAny(tools);
        if (choice.ValueKind == JsonValueKind.Object && choice.TryGetProperty("type", out var type) && type.Is("function")
            && choice.TryGetProperty("function", out var function) && function.ValueKind == JsonValueKind.Object
            && function.TryGetProperty("name", out var name))
            return ChatRequests.RequireTool(tools, name.ToText("tool_choice.function.name"));
        throw ApiException.BadRequest("tool_choice must be none, auto, required, or an object that names a function.", "tool_choice");
    }

    private static List<ChatMessage> ToMessages(List<WireMessage?>? wire)
    {
        if (wire is not { Count: > 0 }) throw ApiException.BadRequest("messages must hold at least one message.", "messages");
        var messages = new List<ChatMessage>(wire.Count);
        for (var i = 0; i < wire.Count; i++)
        {
            var at = $"messages[{i}]";
            messages.Add(ToMessage(wire[i] ?? throw ApiException.BadRequest($"{at} must be an object.", at), at));
        }
        return messages;
    }

    private static ChatMessage ToMessage(WireMessage message, string at)
    {
        var contents = ToContents(message, at);
        return message.Role switch
        {
            // OpenAI's newer name for the same; no template knows it.
            "system" or "developer" => new(ChatRole.System, contents) { AuthorName = message.Name },
            "user" => new(ChatRole.User, contents) { AuthorName = message.Name },
            "assistant" => new(ChatRole.Assistant, [.. contents, .. ToCalls(message.ToolCalls, at)]) { AuthorName = message.Name },
            "tool" => new(ChatRole.Tool, [new FunctionResultContent(
                message.ToolCallId ?? throw ApiException.BadRequest($"{at}.tool_call_id is missing.", $"{at}.tool_call_id"),
                string.Concat(contents.OfType<TextContent>().Select(c => c.Text)))]),
            null => throw ApiException.BadRequest($"{at}.role is missing.", $"{at}.role"),
            _ => throw ApiException.BadRequest($"{at}.role must be system, developer, user, assistant or tool, not '{message.Role}'.", $"{at}.role"),
        };
    }

    private static List<AIContent> ToContents(WireMessage message, string at)
    {
        at += ".content";
        var content = message.Content;
        if (content.ValueKind == JsonValueKind.String) return [new TextContent(content.ToText(at))];
        if (!content.IsPresent() && message.Role == "assistant") return [];
        if (content.ValueKind != JsonValueKind.Array) throw ApiException.BadRequest($"{at} must be a string or a list of parts.", at);
        return [.. content.EnumerateArray().Select((part, i) => ToPart(part, message.Role == "user", $"{at}[{i}]"))];
    }

    private static AIContent ToPart(JsonElement part, bool isUsers, string at)
    {
        if (part.ValueKind != JsonValueKind.Object || !part.TryGetProperty("type", out var type)) throw ApiException.BadRequest($"{at}.type is missing.", at);
        return type.ToText($"{at}.type") switch
        {
            "text" when part.TryGetProperty("text", out var text) => new TextContent(text.ToText($"{at}.text")),
            "refusal" when part.TryGetProperty("refusal", out var text) => new TextContent(text.ToText($"{at}.refusal")),
            "text" or "refusal" => throw ApiException.BadRequest($"{at} has no text.", at),
            "image_url" when isUsers && part.TryGetProperty("image_url", out var image) && image.ValueKind == JsonValueKind.Object && image.TryGetProperty("url", out var url) => SentPicture.OfAddress(url, at),
            "image_url" when isUsers => throw ApiException.BadRequest($"{at} has no image_url.url.", at),
            var other => throw ApiException.NotSupported(at, $"{at} is of the type '{other}', but this server reads text, and pictures of the user."),
        };
    }

    private static IEnumerable<AIContent> ToCalls(List<WireToolCall?>? calls, string at)
    {
        for (var i = 0; i < calls?.Count; i++)
        {
            var call = $"{at}.tool_calls[{i}]";
            var arguments = ParseArguments(calls[i]?.Function?.Arguments, $"{call}.function.arguments");
            yield return ChatRequests.ToCall(calls[i]?.Id, calls[i]?.Function?.Name, arguments, $"{call}.function.name", $"{call}.function.arguments");
        }
    }

    /// <summary>Arguments of a call: JSON inside a string.</summary>
    /// <exception cref="ApiException">400: they are none.</exception>
    public static JsonElement ParseArguments(string? arguments, string at)
    {
        try
        {
            var json = Encoding.UTF8.GetBytes(string.IsNullOrWhiteSpace(arguments) ? "{}" : arguments);
            JsonBody.RequireUnicode(json);
            return JsonElement.Parse(json);
        }
        catch (JsonException)
        {
            throw ApiException.BadRequest($"{at} must be a JSON object inside a string.", at);
        }
    }
}
