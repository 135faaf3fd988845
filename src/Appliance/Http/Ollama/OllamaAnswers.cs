using System.Diagnostics;
using System.Text.Json.Serialization.Metadata;

namespace Appliance.Http.Ollama;

/// <summary>Sends answers in Ollama's form: one JSON object, or one per line.</summary>
internal static class OllamaAnswers
{
    private const string Load = "load";

    /// <summary>The answer to a request that only loads the model.</summary>
    public static async IAsyncEnumerable<AnswerPiece> LoadedAsync()
    {
        await Task.CompletedTask;
        yield return new("", new AnswerEnd(Load, 0, 0, null));
    }

    /// <summary>Sends the pieces as they come, or all at once.</summary>
    /// <param name="context">The request.</param>
    /// <param name="stream">One object per piece, or one in all.</param>
    /// <param name="started">Timestamp of the request's begin.</param>
    /// <param name="pieces">The answer.</param>
    /// <param name="create">Makes an object of the wire from what is new and whether it is the last.</param>
    /// <param name="type">How to write it.</param>
    public static async Task SendAsync<T>(
        HttpContext context, bool stream, long started, IAsyncEnumerable<AnswerPiece> pieces, Func<OllamaAnswerMessage, bool, T> create,
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
                await JsonAnswer.WriteToStreamAsync(context, create(OllamaAnswerMessage.From(piece), false), type);
            }
        }
        var end = whole.End!;
        var last = create(OllamaAnswerMessage.From(whole), true) with
        {
            DoneReason = end.Reason == AnswerEnd.ToolCalls ? AnswerEnd.Stop : end.Reason,
            TotalDuration = AnswerNumbers.ToNanoseconds(Stopwatch.GetElapsedTime(started)),
            LoadDuration = AnswerNumbers.ToNanoseconds(end.Timings?.Load),
            PromptEvalCount = end.Reason == Load ? null : end.PromptTokens,
            PromptEvalDuration = AnswerNumbers.ToNanoseconds(end.Timings?.Prefill),
            EvalCount = end.Reason == Load ? null : end.CompletionTokens,
            EvalDuration = AnswerNumbers.ToNanoseconds(end.Timings?.Decode),
        };
        if (context.Response.HasStarted) await JsonAnswer.WriteToStreamAsync(context, last, type);
        else await JsonAnswer.WriteAsync(context, StatusCodes.Status200OK, last, type);
    }
}
