using System.Security.Cryptography;

namespace Appliance.Http.Anthropic;

/// <summary>POST /v1/messages and POST /v1/messages/count_tokens.</summary>
internal sealed class Messages(ModelDoor models)
{
    /// <summary>Answers a conversation, whole or as a stream of events.</summary>
    public async Task HandleAsync(HttpContext context, CancellationToken cancellation)
    {
        var request = await ReadAsync(context, cancellation);
        if (request.MaxTokens is null) throw ApiException.BadRequest("max_tokens is required.", "max_tokens");
        var (messages, options) = MessagesTranslation.Translate(request);
        var model = models.Find(context, request.Model);
        var answer = await models.AskAsync(model, messages, options, cancellation);
        var id = "msg_" + RandomNumberGenerator.GetHexString(24, lowercase: true);
        if (request.Stream == true) await new MessageStream(context, id, model.Name).SendAsync(answer);
        else await WriteAsync(context, id, model.Name, answer);
    }

    /// <summary>Counts the tokens of the prompt a conversation makes: by the model's own template and tokenizer, or about, where the router decides.</summary>
    public async Task CountAsync(HttpContext context, CancellationToken cancellation)
    {
        var request = await ReadAsync(context, cancellation);
        var (messages, options) = MessagesTranslation.Translate(request);
        var count = await models.CountAsync(models.Find(context, request.Model), messages, options, cancellation);
        await JsonAnswer.WriteAsync(context, StatusCodes.Status200OK, new TokenCount(count), AnthropicJson.Wire.TokenCount);
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

    private static async Task WriteAsync(HttpContext context, string id, string model, IAsyncEnumerable<AnswerPiece> answer)
    {
        var whole = new WholeAnswer();
        await foreach (var piece in answer) whole.Add(piece);
        var blocks = new List<ContentBlock>();
        if (whole.Reasoning is { } reasoning) blocks.Add(ContentBlock.OfThinking(reasoning));
        if (whole.Text.Length > 0) blocks.Add(ContentBlock.OfText(whole.Text));
        blocks.AddRange(whole.Calls.Select(call => ContentBlock.OfCall(call, ChatRequests.ToArguments(call))));
        var end = whole.End!;
        var message = new Message(id, whole.Model ?? model, blocks, ToStopReason(end), end.StopSequence, MessageUsage.Of(end));
        await JsonAnswer.WriteAsync(context, StatusCodes.Status200OK, message, AnthropicJson.Wire.Message);
    }
}
