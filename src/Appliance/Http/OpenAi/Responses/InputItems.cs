using System.Text.Json;
using Microsoft.Extensions.AI;

namespace Appliance.Http.OpenAi.Responses;

/// <summary>Reads the field <c>input</c>: a string, or messages, thinking, calls of functions and their outputs.</summary>
internal static class InputItems
{
    /// <summary>The messages.</summary>
    /// <exception cref="ApiException">400, naming the field.</exception>
    public static List<ChatMessage> Read(JsonElement input)
    {
        if (input.ValueKind == JsonValueKind.String) return [new ChatMessage(ChatRole.User, input.ToText("input"))];
        if (input.ValueKind != JsonValueKind.Array) throw ApiException.BadRequest("input must be a string or a list of items.", "input");
        var messages = new List<ChatMessage>();
        var i = 0;
        foreach (var item in input.EnumerateArray()) Add(messages, item, $"input[{i++}]");
        return messages;
    }

    private static void Add(List<ChatMessage> messages, JsonElement item, string at)
    {
        if (item.ValueKind != JsonValueKind.Object) throw ApiException.BadRequest($"{at} must be an object.", at);
        switch (item.TryGetProperty("type", out var type) ? type.ToText($"{at}.type") : "message")
        {
            case "message": AddMessage(messages, item, at); break;
            case "reasoning": AddToAssistant(messages, [.. ReadReasoning(item, at)]); break;
            case "function_call":
                var arguments = ChatTranslation.ParseArguments(Text(item, "arguments", at), $"{at}.arguments");
                AddToAssistant(messages, [ChatRequests.ToCall(Text(item, "call_id", at), Text(item, "name", at), arguments, $"{at}.name", $"{at}.arguments")]);
                break;
            case "function_call_output":
                messages.Add(new(ChatRole.Tool, [new FunctionResultContent(Text(item, "call_id", at), ReadText(Member(item, "output"), $"{at}.output"))]));
                break;
            case var other: throw ApiException.NotSupported(at, $"{at} is of the type '{other}', which this server does not know.");
        }
    }

    private static void AddMessage(List<ChatMessage> messages, JsonElement item, string at)
    {
        var (content, role) = (Member(item, "content"), Text(item, "role", at));
        switch (role)
        {
            case "user": messages.Add(new(ChatRole.User, [.. ReadUsers(content, $"{at}.content")])); break;
            // OpenAI's newer name for the same; no template knows it.
            case "system" or "developer": messages.Add(new(ChatRole.System, ReadText(content, $"{at}.content"))); break;
            case "assistant": AddToAssistant(messages, [new TextContent(ReadText(content, $"{at}.content"))]); break;
            case var other: throw ApiException.BadRequest($"{at}.role must be user, assistant, system or developer, not '{other}'.", $"{at}.role");
        }
    }

    // What one answer was made of comes as items of its own; templates know it as one message.
    private static void AddToAssistant(List<ChatMessage> messages, List<AIContent> contents)
    {
        if (messages is [.., { } last] && last.Role == ChatRole.Assistant) last.Contents = [.. last.Contents, .. contents];
        else if (contents.Count > 0) messages.Add(new(ChatRole.Assistant, contents));
    }

    private static IEnumerable<AIContent> ReadReasoning(JsonElement item, string at)
    {
        var content = Member(item, "content");
        if (content.IsPresent()) yield return new TextReasoningContent(ReadText(content, $"{at}.content"));
    }

    // Text in one piece, with the pictures where they stand.
    private static IEnumerable<AIContent> ReadUsers(JsonElement content, string at)
    {
        if (content.ValueKind != JsonValueKind.Array || !content.EnumerateArray().Any(IsPicture)) return [new TextContent(ReadText(content, at))];
        return content.EnumerateArray().Select(AIContent (part, i) => IsPicture(part) ? ReadPicture(part, $"{at}[{i}]") : new TextContent(ReadPart(part, $"{at}[{i}]")));
    }

    private static bool IsPicture(JsonElement part) => part.ValueKind == JsonValueKind.Object && Member(part, "type").Is("input_image");

    private static SentPicture ReadPicture(JsonElement part, string at) => Member(part, "image_url").IsPresent() ? SentPicture.OfAddress(Member(part, "image_url"), at)
        : throw ApiException.NotSupported(at, $"{at} has no image_url: files of OpenAI's are not here.");

    private static string ReadText(JsonElement content, string at)
    {
        if (content.ValueKind == JsonValueKind.String) return content.ToText(at);
        if (content.ValueKind != JsonValueKind.Array) throw ApiException.BadRequest($"{at} must be a string or a list of parts.", at);
        return string.Concat(content.EnumerateArray().Select((part, i) => ReadPart(part, $"{at}[{i}]")));
    }

    private static string ReadPart(JsonElement part, string at)
    {
        if (part.ValueKind != JsonValueKind.Object) throw ApiException.BadRequest($"{at} must be an object.", at);
        return Text(part, "type", at) switch
        {
            "input_text" or "output_text" or "reasoning_text" or "text" => Text(part, "text", at),
            "refusal" => Text(part, "refusal", at),
            var other => throw ApiException.NotSupported(at, $"{at} is of the type '{other}', but this server reads text, and pictures of the user."),
        };
    }

    private static JsonElement Member(JsonElement item, string name) => item.TryGetProperty(name, out var value) ? value : default;

    private static string Text(JsonElement item, string name, string at) => Member(item, name) is { ValueKind: not JsonValueKind.Undefined } value
        ? value.ToText($"{at}.{name}")
        : throw ApiException.BadRequest($"{at}.{name} is missing.", $"{at}.{name}");
}
