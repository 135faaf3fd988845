using System.Runtime.CompilerServices;
using System.Text;
using Microsoft.Extensions.AI;
using Models.Generation;

namespace Appliance.Http.OpenAi;

/// <summary>
/// POST /v1/completions: text goes into a model of this box as it is, without a chat template. Where the router answers it is a question: models
/// elsewhere take nothing else.
/// </summary>
internal sealed class Completions(ModelDoor models)
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

        var chosen = models.Find(context, request.Model);
        var head = new AnswerHead("cmpl-", chosen.Name);
        IEnumerable<IAsyncEnumerable<AnswerPiece>> answers;
        if (chosen.IsRouted)
        {
            if (prompts.Any(p => p.Text is null)) throw ApiException.NotSupported("prompt", "Token ids are those of one model: name a model of this box, or send text.");
            answers = prompts.Select(p => Echo(request.Echo == true ? p.Text! : "", AskAsync(chosen, p.Text!, options, cancellation)));
        }
        else
        {
            var model = await models.Models.LoadAsync(chosen.Name, cancellation);
            var encoded = prompts.Select(p => p.Encode(model.Tokenizer)).ToList();
            answers = encoded.Select(p => Echo(request.Echo == true ? p.Text ?? model.Tokenizer.Decode(p.Tokens) : "", AnswerPiece.FromModel(model.GenerateAsync(p.Tokens, options, cancellation), cancellation)));
        }
        if (request.Stream == true) await StreamAsync(context, head, answers, request.StreamOptions?.IncludeUsage == true);
        else await WriteAsync(context, head, answers);
    }

    private async IAsyncEnumerable<AnswerPiece> AskAsync(
        ChosenModel model, string prompt, GenerationOptions options, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (var piece in await models.AskAsync(model, [new ChatMessage(ChatRole.User, prompt)], LocalChatClient.ToChatOptions(options), cancellation)) yield return piece;
    }

    private static async IAsyncEnumerable<AnswerPiece> Echo(string echoed, IAsyncEnumerable<AnswerPiece> answer)
    {
        await foreach (var piece in answer)
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
                head.Model = piece.Model ?? head.Model;
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
                head.Model = piece.Model ?? head.Model;
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
