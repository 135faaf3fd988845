namespace Appliance.Http.OpenAi;

/// <summary>POST /v1/chat/completions.</summary>
internal sealed class ChatCompletions(ModelDoor models)
{
    /// <summary>Answers a conversation, whole or as a stream of events.</summary>
    public async Task HandleAsync(HttpContext context, CancellationToken cancellation)
    {
        JsonBody.RequireJsonContentType(context.Request);
        var request = await JsonBody.ReadAsync(context, OpenAiJson.Wire.ChatCompletionRequest, cancellation);
        var (messages, options) = ChatTranslation.Translate(request);

        var model = models.Find(context, request.Model);
        var answer = await models.AskAsync(model, messages, options, cancellation);
        var head = new AnswerHead("chatcmpl-", model.Name);
        if (request.Stream == true) await StreamAsync(context, head, answer, request.StreamOptions?.IncludeUsage == true);
        else await WriteAsync(context, head, answer);
    }

    private static async Task WriteAsync(HttpContext context, AnswerHead head, IAsyncEnumerable<AnswerPiece> answer)
    {
        var whole = new WholeAnswer();
        await foreach (var piece in answer) whole.Add(piece);
        var end = whole.End!;
        head.Model = whole.Model ?? head.Model;
        var called = whole.Calls.Count > 0;
        var message = new AnswerMessage(called && whole.Text.Length == 0 ? null : whole.Text)
        {
            ReasoningContent = whole.Reasoning,
            ToolCalls = called ? [.. whole.Calls.Select(c => AnswerToolCall.From(c))] : null,
        };
        var choice = new ChatChoice(0, message, end.Reason);
        var completion = new ChatCompletion(head.Id, head.Created, head.Model, [choice], Usage.None.Plus(end));
        await JsonAnswer.WriteAsync(context, StatusCodes.Status200OK, completion, OpenAiJson.Wire.ChatCompletion);
    }

    private static async Task StreamAsync(HttpContext context, AnswerHead head, IAsyncEnumerable<AnswerPiece> answer, bool withUsage)
    {
        await using var pieces = answer.GetAsyncEnumerator();
        // What fails before the first piece still gets its own status.
        await pieces.MoveNextAsync();
        head.Model = pieces.Current.Model ?? head.Model;
        await JsonAnswer.BeginStreamAsync(context, JsonAnswer.EventStream);
        await SendAsync([new ChunkChoice(0, new Delta("assistant", ""), null)]);
        var calls = 0;
        while (pieces.Current.End is null)
        {
            await SendAsync([new ChunkChoice(0, ToDelta(pieces.Current), null)]);
            await pieces.MoveNextAsync();
        }
        var end = pieces.Current.End;
        await SendAsync([new ChunkChoice(0, new Delta(null, null), end.Reason)]);
        if (withUsage) await SendAsync([], Usage.None.Plus(end));
        await JsonAnswer.EndEventsAsync(context);

        Delta ToDelta(AnswerPiece piece) => piece switch
        {
            { Reasoning: { } reasoning } => new Delta(null, null) { ReasoningContent = reasoning },
            { Call: { } call } => new Delta(null, null) { ToolCalls = [AnswerToolCall.From(call, calls++)] },
            _ => new Delta(null, piece.Text),
        };

        Task SendAsync(IReadOnlyList<ChunkChoice> choices, Usage? usage = null) => withUsage
            ? JsonAnswer.WriteToStreamAsync(
                context, new ChatChunkWithUsage(head.Id, head.Created, head.Model, choices, usage), OpenAiJson.Wire.ChatChunkWithUsage)
            : JsonAnswer.WriteToStreamAsync(context, new ChatChunk(head.Id, head.Created, head.Model, choices), OpenAiJson.Wire.ChatChunk);
    }
}
