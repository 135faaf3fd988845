using System.Diagnostics;
using Microsoft.Extensions.AI;
using Models.Generation;

namespace Appliance.Http.Ollama;

/// <summary>POST /api/chat.</summary>
internal sealed class OllamaChat(IModelHost models)
{
    /// <summary>Answers a conversation, as a stream of lines unless asked not to; an empty conversation only loads the model.</summary>
    public async Task HandleAsync(HttpContext context, CancellationToken cancellation)
    {
        var started = Stopwatch.GetTimestamp();
        var request = await JsonBody.ReadAsync(context, OllamaJson.Wire.ChatRequest, cancellation);
        var name = models.Store.Get(request.RequireSupported()).Manifest.Name;
        context.RequireModel(name);
        var messages = ToMessages(request.Messages ?? []);
        var options = LocalChatClient.ToChatOptions((request.Options ?? new()).ToOptions());
        options.Tools = ChatRequests.ToTools(request.Tools);
        options.ResponseFormat = request.ToResponseFormat();

        var keepAlive = request.ToKeepAlive();

        var pieces = messages.Count > 0
            ? AnswerPiece.FromChat((await models.GetChatClientAsync(name, cancellation)).GetStreamingResponseAsync(messages, options, cancellation), cancellation)
            : await OllamaAnswers.LoadAsync(models, name, keepAlive, cancellation);
        await OllamaAnswers.SendAsync(context, request.Stream != false, started, OllamaAnswers.KeepAsync(models, name, keepAlive, pieces),
            (message, done) => new ChatAnswer(name, DateTime.UtcNow, message, done), OllamaJson.Wire.ChatAnswer);
    }

    private static List<ChatMessage> ToMessages(List<OllamaMessage?> wire)
    {
        var messages = new List<ChatMessage>(wire.Count);
        for (var i = 0; i < wire.Count; i++)
        {
            var at = $"messages[{i}]";
            messages.Add(ToMessage(wire[i] ?? throw ApiException.BadRequest($"{at} must be an object.", at), at));
        }
        return messages;
    }

    private static ChatMessage ToMessage(OllamaMessage message, string at)
    {
        OllamaRequest.RequireNoImages(message.Images, $"{at}.images");
        var text = message.Content ?? "";
        return message.Role switch
        {
            "system" => new(ChatRole.System, text),
            "user" => new(ChatRole.User, text),
            "assistant" => new(ChatRole.Assistant, [new TextContent(text), .. ToCalls(message.ToolCalls, at)]),
            // Ollama ties results to calls by their order; there are no ids on this wire.
            "tool" => new(ChatRole.Tool, [new FunctionResultContent(message.ToolName ?? "", text)]),
            null => throw ApiException.BadRequest($"{at}.role is missing.", $"{at}.role"),
            _ => throw ApiException.BadRequest($"{at}.role must be system, user, assistant or tool, not '{message.Role}'.", $"{at}.role"),
        };
    }

    private static IEnumerable<AIContent> ToCalls(List<OllamaToolCall?>? calls, string at)
    {
        for (var i = 0; i < calls?.Count; i++)
            yield return ChatRequests.ToCall(null, calls[i]?.Function?.Name, calls[i]?.Function?.Arguments ?? default,
                $"{at}.tool_calls[{i}].function.name", $"{at}.tool_calls[{i}].function.arguments");
    }
}
