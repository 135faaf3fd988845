using System.Security.Cryptography;
using Models.Generation;

namespace Appliance.Http.Anthropic;

/// <summary>POST /v1/messages and POST /v1/messages/count_tokens.</summary>
internal sealed class Messages(IModelHost models, string? defaultModel)
{
    /// <summary>Answers a conversation, whole or as a stream of events.</summary>
    public async Task HandleAsync(HttpContext context, CancellationToken cancellation)
    {
        var request = await ReadAsync(context, cancellation);
        if (request.MaxTokens is null) throw ApiException.BadRequest("max_tokens is required.", "max_tokens");
        var (messages, options) = MessagesTranslation.Translate(request);
        var name = FindModel(context, request);
        var client = await models.GetChatClientAsync(name, cancellation);
        var answer = AnswerPiece.FromChat(client.GetStreamingResponseAsync(messages, options, cancellation), cancellation);
        var id = "msg_" + RandomNumberGenerator.GetHexString(24, lowercase: true);
        if (request.Stream == true) await new MessageStream(context, id, name).SendAsync(answer);
        else await WriteAsync(context, id, name, answer);
    }

    /// <summary>Counts the tokens of the prompt a conversation makes, by the model's own template and tokenizer.</summary>
    public async Task CountAsync(HttpContext context, CancellationToken cancellation)
    {
        var request = await ReadAsync(context, cancellation);
        var (messages, options) = MessagesTranslation.Translate(request);
        var client = new LocalChatClient(await models.LoadAsync(FindModel(context, request), cancellation));
        await JsonAnswer.WriteAsync(context, StatusCodes.Status200OK, new TokenCount(client.CountTokens(messages, options)), AnthropicJson.Wire.TokenCount);
    }

    /// <summary>Why an answer ended, in this wire's words.</summary>
    public static string ToStopReason(AnswerEnd end) => end switch
    {
        { Reason: AnswerEnd.Length } => "max_tokens",
        { Reason: AnswerEnd.ToolCalls } => "tool_use",
        { StopSequence: not null } => "stop_sequence",
        _ => "end_turn",
    };

    private static async Task<MessagesRequest> ReadAsync(HttpContext context, CancellationToken cancellation)
    {
        JsonBody.RequireJsonContentType(context.Request);
        return await JsonBody.ReadAsync(context, AnthropicJson.Wire.MessagesRequest, cancellation);
    }

    private string FindModel(HttpContext context, MessagesRequest request)
    {
        var name = models.Store.Get(string.IsNullOrEmpty(request.Model) ? defaultModel : request.Model).Manifest.Name;
        context.RequireModel(name);
        return name;
    }

    private static async Task WriteAsync(HttpContext context, string id, string model, IAsyncEnumerable<AnswerPiece> answer)
    {
        var whole = new WholeAnswer();
        await foreach (var piece in answer) whole.Add(piece);
        var blocks = new List<ContentBlock>();
        if (whole.Reasoning is { } reasoning) blocks.Add(ContentBlock.OfThinking(reasoning));
        if (whole.Text.Length > 0) blocks.Add(ContentBlock.OfText(whole.Text));
        blocks.AddRange(whole.Calls.Select(call => ContentBlock.OfCall(call, ChatRequests.ToArguments(call))));
        var end = whole.End!;
        var message = new Message(id, model, blocks, ToStopReason(end), end.StopSequence, MessageUsage.Of(end));
        await JsonAnswer.WriteAsync(context, StatusCodes.Status200OK, message, AnthropicJson.Wire.Message);
    }
}
