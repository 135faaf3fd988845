using System.Text;
using Models.Generation;

namespace Appliance.Http.OpenAi;

/// <summary>POST /v1/completions: text goes into the model as it is, without a chat template.</summary>
internal sealed class Completions(IModelHost models, string? defaultModel)
{
    /// <summary>OpenAI's documented default of max_tokens here.</summary>
    private const int DefaultMaxTokens = 16;

    /// <summary>Completes one or several prompts, whole or as a stream of events.</summary>
    public async Task HandleAsync(HttpContext context, CancellationToken cancellation)
    {
        JsonBody.RequireJsonContentType(context.Request);
        var request = await JsonBody.ReadAsync(context, OpenAiJson.Wire.CompletionRequest, cancellation);
        if (request.Suffix.IsPresent()) throw ApiException.NotSupported("suffix", "suffix is not supported.");
        if (request.Logprobs is not null) throw ApiException.NotSupported("logprobs", "logprobs are not supported yet.");
        if (request.BestOf is not (null or 1)) throw ApiException.NotSupported("best_of", "best_of other than 1 is not supported.");
        var options = request.ToOptions(request.MaxTokens ?? DefaultMaxTokens);
        var prompts = CompletionPrompt.ReadAll(request.Prompt);

        var name = models.Store.Get(request.ModelOr(defaultModel)).Manifest.Name;
        context.RequireModel(name);
        var model = await models.LoadAsync(name, cancellation);
        var encoded = prompts.Select(p => p.Encode(model.Tokenizer)).ToList();
        var head = new AnswerHead("cmpl-", model.Name);
        var answers = encoded.Select(p => AnswerAsync(model, p, options, request.Echo == true, cancellation));
        if (request.Stream == true) await StreamAsync(context, head, answers, request.StreamOptions?.IncludeUsage == true);
        else await WriteAsync(context, head, answers);
    }

    private static async IAsyncEnumerable<AnswerPiece> AnswerAsync(
        ILanguageModel model, EncodedPrompt prompt, GenerationOptions options, bool echo,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        var echoed = echo ? prompt.Text ?? model.Tokenizer.Decode(prompt.Tokens) : "";
        await foreach (var piece in AnswerPiece.FromModel(model.GenerateAsync(prompt.Tokens, options, cancellation), cancellation))
        {
            // With the first piece, not before it: a prompt that does not fit must still get its own status.
            if (echoed.Length > 0) yield return new(echoed, null);
            echoed = "";
            yield return piece;
        }
    }

    private static async Task WriteAsync(HttpContext context, AnswerHead head, IEnumerable<IAsyncEnumerable<AnswerPiece>> answers)
    {
        var choices = new List<CompletionChoice>();
        var usage = Usage.None;
        foreach (var answer in answers)
        {
            var text = new StringBuilder();
            AnswerEnd end = null!;
            await foreach (var piece in answer)
            {
                text.Append(piece.Text);
                end = piece.End!;
            }
            usage = usage.Plus(end);
            choices.Add(new CompletionChoice(choices.Count, text.ToString(), end.Reason));
        }
        var completion = new CompletionWithUsage(head.Id, head.Created, head.Model, choices, usage);
        await JsonAnswer.WriteAsync(context, StatusCodes.Status200OK, completion, OpenAiJson.Wire.CompletionWithUsage);
    }

    private static async Task StreamAsync(
        HttpContext context, AnswerHead head, IEnumerable<IAsyncEnumerable<AnswerPiece>> answers, bool withUsage)
    {
        var usage = Usage.None;
        var index = 0;
        foreach (var answer in answers)
        {
            await foreach (var piece in answer)
            {
                // What fails before the first piece still gets its own status.
                if (!context.Response.HasStarted) await JsonAnswer.BeginStreamAsync(context, JsonAnswer.EventStream);
                if (piece.End is not null) usage = usage.Plus(piece.End);
                await SendAsync([new CompletionChoice(index, piece.Text, piece.End?.Reason)]);
            }
            index++;
        }
        if (withUsage) await SendAsync([], usage);
        await JsonAnswer.EndEventsAsync(context);

        Task SendAsync(IReadOnlyList<CompletionChoice> choices, Usage? total = null) => withUsage
            ? JsonAnswer.WriteToStreamAsync(
                context, new CompletionWithUsage(head.Id, head.Created, head.Model, choices, total), OpenAiJson.Wire.CompletionWithUsage)
            : JsonAnswer.WriteToStreamAsync(context, new Completion(head.Id, head.Created, head.Model, choices), OpenAiJson.Wire.Completion);
    }
}
