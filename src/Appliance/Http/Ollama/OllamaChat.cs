using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.AI;
using Models.Generation;

namespace Appliance.Http.Ollama;

/// <summary>POST /api/chat.</summary>
internal sealed class OllamaChat(ModelDoor models)
{
    /// <summary>Answers a conversation, as a stream of lines unless asked not to; an empty conversation only loads the model.</summary>
    public async Task HandleAsync(HttpContext context, CancellationToken cancellation)
    {
        var started = Stopwatch.GetTimestamp();
        var request = await JsonBody.ReadAsync(context, OllamaJson.Wire.ChatRequest, cancellation);
        var model = models.Find(context, request.RequireSupported());
        var messages = ToMessages(request.Messages ?? []);
        var options = LocalChatClient.ToChatOptions((request.Options ?? new()).ToOptions());
        options.Tools = ChatRequests.ToTools(request.Tools);
        options.ResponseFormat = request.ToResponseFormat();

        var keepAlive = request.ToKeepAlive();

        var pieces = messages.Count > 0
            ? await models.AskAsync(model, messages, options, cancellation)
            : await OllamaAnswers.LoadAsync(models.Models, model, keepAlive, cancellation);
        await OllamaAnswers.SendAsync(context, request.Stream != false, started, OllamaAnswers.KeepAsync(models.Models, model.Name, keepAlive, pieces),
            (message, who, done) => new ChatAnswer(who ?? model.Name, DateTime.UtcNow, message, done), OllamaJson.Wire.ChatAnswer);
    }

    private static List<ChatMessage> ToMessages(List<OllamaMessage?> wire)
    {
        var messages = new List<ChatMessage>(wire.Count);
        var open = new List<FunctionCallContent>();
        for (var i = 0; i < wire.Count; i++)
        {
            var at = $"messages[{i}]";
            messages.Add(ToMessage(wire[i] ?? throw ApiException.BadRequest($"{at} must be an object.", at), at, open));
        }
        return messages;
    }

    private static ChatMessage ToMessage(OllamaMessage message, string at, List<FunctionCallContent> open)
    {
        var text = message.Content ?? "";
        IReadOnlyList<AIContent> pictures = [.. OllamaRequest.ToPictures(message.Images, $"{at}.images")];
        if (pictures.Count > 0 && message.Role != "user") throw ApiException.BadRequest($"{at}.images are pictures, and they stand in messages of the user.", $"{at}.images");
        return message.Role switch
        {
            "system" => new(ChatRole.System, text),
            "user" => new(ChatRole.User, [new TextContent(text), .. pictures]),
            "assistant" => new(ChatRole.Assistant, [new TextContent(text), .. ToCalls(message.ToolCalls, at, open)]),
            "tool" => new(ChatRole.Tool, [new FunctionResultContent(CallOf(message.ToolName, open), text)]),
            null => throw ApiException.BadRequest($"{at}.role is missing.", $"{at}.role"),
            _ => throw ApiException.BadRequest($"{at}.role must be system, user, assistant or tool, not '{message.Role}'.", $"{at}.role"),
        };
    }

    // There are no ids on this wire: results belong to calls by their names and their order. What others ask for is made up, nine letters and digits
    // as the strictest templates have it.
    private static List<FunctionCallContent> ToCalls(List<OllamaToolCall?>? calls, string at, List<FunctionCallContent> open)
    {
        open.Clear();
        for (var i = 0; i < calls?.Count; i++)
            open.Add(ChatRequests.ToCall(string.Create(CultureInfo.InvariantCulture, $"call{i:00000}"), calls[i]?.Function?.Name, calls[i]?.Function?.Arguments ?? default,
                $"{at}.tool_calls[{i}].function.name", $"{at}.tool_calls[{i}].function.arguments"));
        return [.. open];
    }

    private static string CallOf(string? tool, List<FunctionCallContent> open)
    {
        if (open.FirstOrDefault(call => string.IsNullOrEmpty(tool) || call.Name == tool) is not { } call) return tool ?? "";
        open.Remove(call);
        return call.CallId;
    }
}
