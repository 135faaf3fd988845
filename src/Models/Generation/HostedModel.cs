using System.Runtime.CompilerServices;
using Models.Tokens;

namespace Models.Generation;

/// <summary>
/// A model of a <see cref="ModelHost"/> for whoever asked for it: holds it in memory while it generates, and loads it again where it was
/// unloaded since. Safe for several threads.
/// </summary>
internal sealed class HostedModel(ModelHost host, ILanguageModel model) : ILanguageModel
{
    /// <inheritdoc/>
    public string Name => model.Name;

    /// <inheritdoc/>
    public int ContextLength => model.ContextLength;

    /// <inheritdoc/>
    public Tokenizer Tokenizer => model.Tokenizer;

    /// <inheritdoc/>
    public ChatTemplate? ChatTemplate => model.ChatTemplate;

    /// <inheritdoc/>
    public async IAsyncEnumerable<GenerationStep> GenerateAsync(
        ReadOnlyMemory<int> prompt, GenerationOptions options, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        using var lease = await host.LeaseAsync(Name, cancellation);
        await foreach (var step in lease.Model.GenerateAsync(prompt, options, cancellation))
        {
            if (step.Timings is { } timings) host.Totals.Add(timings);
            yield return step;
        }
    }

    /// <summary>Does nothing: the model belongs to its host.</summary>
    public void Dispose() { }
}
