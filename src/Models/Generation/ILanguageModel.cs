using Models.Tokens;

namespace Models.Generation;

/// <summary>
/// A loaded model that turns a prompt into a stream of tokens, whichever engine runs it. Safe for several threads; generations that
/// an engine cannot run together wait their turn.
/// </summary>
public interface ILanguageModel : IDisposable
{
    /// <summary>The name it was asked for by.</summary>
    string Name { get; }

    /// <summary>Longest prompt plus answer it will take, tokens.</summary>
    int ContextLength { get; }

    /// <summary>Its tokenizer.</summary>
    Tokenizer Tokenizer { get; }

    /// <summary>Its chat template; null for a model that was never taught to chat.</summary>
    ChatTemplate? ChatTemplate { get; }

    /// <summary>
    /// Generates after <paramref name="prompt"/>. Yields one step per token as it is made; the last step carries the finish reason and
    /// the timings. Cancelling stops within one token.
    /// </summary>
    /// <remarks>Several generations run together; as many as may wait do, in the order of <see cref="GenerationOptions.Priority"/> and arrival.</remarks>
    /// <exception cref="GenerationException">The options are invalid or the prompt does not fit the context.</exception>
    IAsyncEnumerable<GenerationStep> GenerateAsync(
        ReadOnlyMemory<int> prompt, GenerationOptions options, CancellationToken cancellation = default);
}

/// <summary>One step of a generation.</summary>
/// <param name="Token">The token made, the end-of-answer token included; null for a last step that only carries held-back text.</param>
/// <param name="Text">Text that is complete by now; often empty while a character or a possible stop string is held back.</param>
/// <param name="Finish">Set on the last step.</param>
/// <param name="Timings">Set on the last step.</param>
public sealed record GenerationStep(int? Token, string Text, FinishReason? Finish = null, GenerationTimings? Timings = null)
{
    /// <summary>The stop string that ended the answer; null where none did.</summary>
    public string? StopString { get; init; }

    /// <summary>Natural logarithm of the token's probability at temperature 1; null for what was not chosen, and where it was not measured (<see cref="GenerationOptions.MeasureCertainty"/>).</summary>
    public double? LogProbability { get; init; }
}

/// <summary>Why a generation ended.</summary>
public enum FinishReason
{
    /// <summary>The model ended its answer, or a stop string was met.</summary>
    Stop,

    /// <summary>The token limit or the context was reached.</summary>
    Length,
}

/// <summary>What a generation cost.</summary>
/// <param name="PromptTokens">Tokens of the prompt.</param>
/// <param name="CompletionTokens">Tokens made, the end-of-answer token included.</param>
/// <param name="Load">Loading the model for this request; zero when it was loaded.</param>
/// <param name="Prefill">From the start to the first token.</param>
/// <param name="Decode">From the first token to the last.</param>
public sealed record GenerationTimings(int PromptTokens, int CompletionTokens, TimeSpan Load, TimeSpan Prefill, TimeSpan Decode)
{
    /// <summary>Tokens of the prompt that had been computed before.</summary>
    public int ReusedTokens { get; init; }
}
