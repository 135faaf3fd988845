using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;
using Models.Generation;

namespace Appliance.Http;

/// <summary>A piece of an answer on its way to a client, from a chat or a raw completion alike.</summary>
/// <param name="Text">Text that is new; may be empty.</param>
/// <param name="End">Set on the last piece.</param>
internal readonly record struct AnswerPiece(string Text, AnswerEnd? End)
{
    /// <summary>Thinking that is new; null where the piece has none.</summary>
    public string? Reasoning { get; init; }

    /// <summary>A call of a tool, complete; null where the piece has none.</summary>
    public FunctionCallContent? Call { get; init; }

    /// <summary>Tokens of the prompt, as far as they are known by now; 0 where whoever answers tells them at the end.</summary>
    public int PromptTokens { get; init; }

    /// <summary>Who says it, as it calls itself; null where it does not. Of an answer that another went on with it is both.</summary>
    public string? Model { get; init; }

    /// <summary>The pieces of a chat client's answer.</summary>
    public static async IAsyncEnumerable<AnswerPiece> FromChat(
        IAsyncEnumerable<ChatResponseUpdate> updates, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        ChatFinishReason? finish = null;
        UsageDetails? usage = null;
        GenerationTimings? timings = null;
        string? stop = null;
        string? model = null;
        var prompt = 0;
        await foreach (var update in updates.WithCancellation(cancellation))
        {
            model = update.ModelId ?? model;
            finish = update.FinishReason ?? finish;
            usage = update.Contents.OfType<UsageContent>().LastOrDefault()?.Details ?? usage;
            if (update.AdditionalProperties?.TryGetValue(ChatOptionKeys.Timings, out GenerationTimings? found) == true) timings = found;
            if (update.AdditionalProperties?.TryGetValue(ChatOptionKeys.PromptTokens, out int count) == true) prompt = count;
            if (update.AdditionalProperties?.TryGetValue(ChatOptionKeys.StopSequence, out string? met) == true) stop = met;
            foreach (var content in update.Contents)
            {
                if (content is TextContent { Text.Length: > 0 } text) yield return new(text.Text, null) { PromptTokens = prompt, Model = model };
                if (content is TextReasoningContent { Text.Length: > 0 } reasoning) yield return new("", null) { Reasoning = reasoning.Text, PromptTokens = prompt, Model = model };
                if (content is FunctionCallContent call) yield return new("", null) { Call = call, PromptTokens = prompt, Model = model };
            }
        }
        var reason = finish == ChatFinishReason.Length ? AnswerEnd.Length
            : finish == ChatFinishReason.ToolCalls ? AnswerEnd.ToolCalls
            : AnswerEnd.Stop;
        yield return new("", new(reason, usage?.InputTokenCount ?? prompt, usage?.OutputTokenCount ?? 0, timings) { StopSequence = stop }) { PromptTokens = prompt, Model = model };
    }

    /// <summary>The pieces of a raw completion.</summary>
    public static async IAsyncEnumerable<AnswerPiece> FromModel(
        IAsyncEnumerable<GenerationStep> steps, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        GenerationStep? last = null;
        await foreach (var step in steps.WithCancellation(cancellation))
        {
            last = step;
            if (step.Text.Length > 0) yield return new(step.Text, null);
        }
        var timings = last?.Timings;
        yield return new("", new(last?.Finish == FinishReason.Length ? AnswerEnd.Length : AnswerEnd.Stop,
            timings?.PromptTokens ?? 0, timings?.CompletionTokens ?? 0, timings));
    }
}

/// <summary>How an answer ended and what it took.</summary>
/// <param name="Reason"><see cref="Stop"/>, <see cref="Length"/> or <see cref="ToolCalls"/>, as OpenAI spells them; Ollama has no word for the last.</param>
/// <param name="PromptTokens">Tokens of the prompt.</param>
/// <param name="CompletionTokens">Tokens of the answer.</param>
/// <param name="Timings">Null where whoever answered does not tell.</param>
internal sealed record AnswerEnd(string Reason, long PromptTokens, long CompletionTokens, GenerationTimings? Timings)
{
    /// <summary>Which of the request's stop strings ended the answer; null where none did.</summary>
    public string? StopSequence { get; init; }

    /// <summary>The model ended its answer, or a stop string was met.</summary>
    public const string Stop = "stop";

    /// <summary>The token limit or the context was reached.</summary>
    public const string Length = "length";

    /// <summary>The model waits for the results of its calls.</summary>
    public const string ToolCalls = "tool_calls";
}
