using System.Text.Json;
using Microsoft.Extensions.AI;

namespace Appliance.Http.Anthropic;

/// <summary>Reads the content of a message: a string, or blocks of text, thinking, uses of tools and their results.</summary>
internal static class ContentBlocks
{
    /// <summary>The contents.</summary>
    /// <param name="content">A string or a list of blocks.</param>
    /// <param name="at">Where it stands, for messages.</param>
    /// <exception cref="ApiException">400, naming the field.</exception>
    public static List<AIContent> Read(JsonElement content, string at)
    {
        if (content.ValueKind == JsonValueKind.String) return [new TextContent(content.ToText(at))];
        if (content.ValueKind != JsonValueKind.Array) throw ApiException.BadRequest($"{at} must be a string or a list of blocks.", at);
        // What was thought and cannot be read is left out.
        return [.. content.EnumerateArray().Select((block, i) => ReadBlock(block, $"{at}[{i}]")).OfType<AIContent>()];
    }

    private static AIContent? ReadBlock(JsonElement block, string at)
    {
        if (block.ValueKind != JsonValueKind.Object) throw ApiException.BadRequest($"{at} must be an object.", at);
        return Text(block, "type", at) switch
        {
            "text" => new TextContent(Text(block, "text", at)),
            "thinking" => new TextReasoningContent(Text(block, "thinking", at)),
            "redacted_thinking" => null,
            "tool_use" => ChatRequests.ToCall(Text(block, "id", at), Text(block, "name", at), Member(block, "input"), $"{at}.name", $"{at}.input"),
            "tool_result" => ReadResult(block, at),
            "image" => ReadPicture(block, at),
            var other => throw ApiException.NotSupported(at, $"{at} is of the type '{other}', but this server reads text, and pictures of the user."),
        };
    }

    private static SentPicture ReadPicture(JsonElement block, string at)
    {
        var source = Member(block, "source");
        if (source.ValueKind != JsonValueKind.Object) throw ApiException.BadRequest($"{at}.source is missing.", at);
        return Text(source, "type", $"{at}.source") switch
        {
            "base64" => SentPicture.OfBase64(Member(source, "data"), at),
            "url" => SentPicture.OfAddress(Member(source, "url"), at),
            var other => throw ApiException.NotSupported(at, $"{at}.source is of the type '{other}', which is not here: send the picture itself, in base64."),
        };
    }

    private static FunctionResultContent ReadResult(JsonElement block, string at)
    {
        var content = Member(block, "content");
        var text = !content.IsPresent() ? "" : string.Join('\n', Read(content, $"{at}.content").Select(part =>
            (part as TextContent)?.Text ?? throw ApiException.BadRequest($"{at}.content takes text only.", $"{at}.content")));
        // Templates have no place for it; the model must still hear that it went wrong.
        if (Member(block, "is_error").ValueKind == JsonValueKind.True) text = $"Error: {text}";
        return new FunctionResultContent(Text(block, "tool_use_id", at), text);
    }

    private static JsonElement Member(JsonElement block, string name) => block.TryGetProperty(name, out var value) ? value : default;

    private static string Text(JsonElement block, string name, string at) => Member(block, name) is { ValueKind: not JsonValueKind.Undefined } value
        ? value.ToText($"{at}.{name}")
        : throw ApiException.BadRequest($"{at}.{name} is missing.", $"{at}.{name}");
}
