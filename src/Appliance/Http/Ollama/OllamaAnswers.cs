using System.Diagnostics;
using System.Text.Json.Serialization.Metadata;
using Models.Generation;

namespace Appliance.Http.Ollama;

/// <summary>Sends answers in Ollama's form: one JSON object, or one per line.</summary>
internal static class OllamaAnswers
{
    private const string Load = "load";
    private const string Unload = "unload";

    /// <summary>The answer to a request without a prompt, which loads the model, or unloads it where it is not to be kept.</summary>
    public static async Task<IAsyncEnumerable<AnswerPiece>> LoadAsync(
        IModelHost models, ChosenModel model, TimeSpan? keepAlive, CancellationToken cancellation)
    {
        if (keepAlive == TimeSpan.Zero) return Say(Unload);
        // Which one will answer is not known yet.
        if (!model.IsRouted) await models.LoadAsync(model.Name, cancellation);
        return Say(Load);

        static async IAsyncEnumerable<AnswerPiece> Say(string reason)
        {
            await Task.CompletedTask;
            yield return new("", new AnswerEnd(reason, 0, 0, null));
        }
    }

    /// <summary>The pieces; when they have ended, however that was, the model stays loaded as long as the request says.</summary>
    public static async IAsyncEnumerable<AnswerPiece> KeepAsync(
        IModelHost models, string name, TimeSpan? keepAlive, IAsyncEnumerable<AnswerPiece> pieces)
    {
        try
        {
            await foreach (var piece in pieces) yield return piece;
        }
        finally
        {
            if (keepAlive is { } time) models.SetKeepAlive(name, time);
        }
    }

    /// <summary>Sends the pieces as they come, or all at once.</summary>
    /// <param name="context">The request.</param>
    /// <param name="stream">One object per piece, or one in all.</param>
    /// <param name="started">Timestamp of the request's begin.</param>
    /// <param name="pieces">The answer.</param>
    /// <param name="create">Makes an object of the wire from what is new, who says it, and whether it is the last.</param>
    /// <param name="type">How to write it.</param>
    public static async Task SendAsync<T>(
        HttpContext context, bool stream, long started, IAsyncEnumerable<AnswerPiece> pieces, Func<OllamaAnswerMessage, string?, bool, T> create,
        JsonTypeInfo<T> type)
        where T : AnswerNumbers
    {
        var whole = new WholeAnswer();
        await foreach (var piece in pieces)
        {
            if (!stream || piece.End is not null) whole.Add(piece);
            else
            {
                // What fails before the first piece still gets its own status.
                if (!context.Response.HasStarted) await JsonAnswer.BeginStreamAsync(context, JsonAnswer.Lines);
                await JsonAnswer.WriteToStreamAsync(context, create(OllamaAnswerMessage.From(piece), piece.Model, false), type);
            }
        }
        var end = whole.End!;
        var last = create(OllamaAnswerMessage.From(whole), whole.Model, true) with
        {
            DoneReason = end.Reason == AnswerEnd.ToolCalls ? AnswerEnd.Stop : end.Reason,
            TotalDuration = AnswerNumbers.ToNanoseconds(Stopwatch.GetElapsedTime(started)),
            LoadDuration = AnswerNumbers.ToNanoseconds(end.Timings?.Load),
            PromptEvalCount = end.Reason is Load or Unload ? null : end.PromptTokens,
            PromptEvalDuration = AnswerNumbers.ToNanoseconds(end.Timings?.Prefill),
            EvalCount = end.Reason is Load or Unload ? null : end.CompletionTokens,
            EvalDuration = AnswerNumbers.ToNanoseconds(end.Timings?.Decode),
        };
        if (context.Response.HasStarted) await JsonAnswer.WriteToStreamAsync(context, last, type);
        else await JsonAnswer.WriteAsync(context, StatusCodes.Status200OK, last, type);
    }
}
