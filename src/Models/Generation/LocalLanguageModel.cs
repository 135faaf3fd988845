using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Models.Budget;
using Models.Generation.Copying;
using Models.Generation.Grammar;
using Models.Generation.Kv;
using Models.Generation.Scheduling;
using Models.Store;
using Models.Tokens;

namespace Models.Generation;

/// <summary>
/// A model in this process: our own decode loop over an engine. Generations run together, and share what was computed of beginnings
/// they have in common.
/// </summary>
public sealed class LocalLanguageModel : ILanguageModel, IMemoryUser
{
    private static readonly TimeSpan OneStep = TimeSpan.FromSeconds(1);

    private readonly Scheduler _scheduler;
    private readonly int _vocabularySize;
    private readonly HashSet<int> _endOfAnswer;

    // Made when a grammar first asks for it: it costs some megabytes.
    private readonly Lazy<TokenVocabulary> _vocabulary;

    private readonly CallHints? _hints;

    // Where the engine keeps what it computed, and may keep it across restarts.
    private readonly KvCache? _cache;
    private readonly KvArchive? _archive;

    // Longest context taken now: less than ContextLength where the memory governor says so.
    private volatile int _contextLimit;

    /// <summary>Loads the model in a folder.</summary>
    /// <param name="name">What it is called.</param>
    /// <param name="folder">The folder.</param>
    /// <param name="options">How to use this machine.</param>
    /// <param name="archive">Where what it computes is kept across restarts; null keeps nothing.</param>
    /// <exception cref="ModelException">The folder is not a whole model, the engine refuses it, or its library is not here.</exception>
    public LocalLanguageModel(string name, string folder, EngineOptions options, KvArchiveOptions? archive = null)
    {
        Name = name;
        var config = GenAiConfig.Read(folder);
        Tokenizer = Tokenizer.FromFolder(folder);
        ChatTemplate = ChatTemplate.FromFolder(folder);
        ContextLength = Math.Min(config.Model.ContextLength, options.ContextLength ?? int.MaxValue);
        _vocabularySize = config.Model.VocabSize;
        _contextLimit = ContextLength;
        _endOfAnswer = [.. config.Model.EosTokenId];
        _hints = CallHints.FromFolder(folder);
        _vocabulary = new(() => new TokenVocabulary(
            Math.Min(Tokenizer.VocabularySize, config.Model.VocabSize), token => Tokenizer.GetTokenBytes(token).ToArray(), Tokenizer.IsSpecial, _endOfAnswer));
        if (options.Engine == Engine.GenAi)
        {
            _scheduler = new Scheduler(name, new GenAiDecoder(folder, config.Model.VocabSize, ContextLength), options);
            return;
        }
        var decoder = new OnnxDecoder(folder, config, ContextLength, options);
        _cache = decoder.Cache;
        var key = archive?.Key(_cache.Layout, decoder.ContextOfKeys);
        try
        {
            if (archive is not null) KvArchive.Restore(archive, key!, _cache);
            decoder.WarmUp();
        }
        catch
        {
            // A graph and a configuration that do not fit together show here, and not in somebody's answer.
            decoder.Dispose();
            throw;
        }
        _scheduler = new Scheduler(name, decoder, options);
        if (archive is not null) _archive = new KvArchive(archive, key!, _cache, _scheduler);
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public int ContextLength { get; }

    /// <inheritdoc/>
    public Tokenizer Tokenizer { get; }

    /// <inheritdoc/>
    public ChatTemplate? ChatTemplate { get; }

    /// <inheritdoc/>
    public IAsyncEnumerable<GenerationStep> GenerateAsync(ReadOnlyMemory<int> prompt, GenerationOptions options, CancellationToken cancellation = default) =>
        options.Grammar is not null && _hints is { Begin: var begin, Certainty: { } least } && Tokenizer.FindToken(begin) is { } call
            ? CallCertainty.HoldAsync(how => RunAsync(prompt, how, cancellation), options, call, least, cancellation)
            : RunAsync(prompt, options, cancellation);

    private async IAsyncEnumerable<GenerationStep> RunAsync(ReadOnlyMemory<int> prompt, GenerationOptions options, [EnumeratorCancellation] CancellationToken cancellation)
    {
        options.Validate();
        CheckPrompt(prompt.Span);
        var limit = Math.Min(options.MaxTokens ?? int.MaxValue, _contextLimit - prompt.Length);
        if (limit == 0)
        {
            yield return new GenerationStep(null, "", FinishReason.Length, new GenerationTimings(prompt.Length, 0, default, default, default));
            yield break;
        }

        // Unbounded on purpose: it never holds more than the answer's tokens, and a slow reader must not hold up the others in the step.
        var steps = Channel.CreateUnbounded<GenerationStep>(new UnboundedChannelOptions { SingleReader = true, SingleWriter = true });
        // The reader may also leave early; then the generation ends, too.
        using var unwanted = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        try
        {
            _scheduler.Submit(new GenerationRun(
                prompt, options, new AnswerText(Tokenizer, options.Stop, options.ShownTokens), () => Constrain(prompt, options), _endOfAnswer, limit, _scheduler.Costs,
                steps.Writer, unwanted.Token));
            await foreach (var step in steps.Reader.ReadAllAsync(cancellation)) yield return step;
        }
        finally
        {
            await unwanted.CancelAsync();
            _archive?.Touch();
        }
    }

    /// <summary>Generations that run now.</summary>
    public int Running => _scheduler.Running;

    /// <summary>Generations that wait now.</summary>
    public int Waiting => _scheduler.Waiting;

    /// <summary>Ends when the loop that makes the steps has gone round: after the step it is in, at once where it is in none.</summary>
    /// <exception cref="ObjectDisposedException">The model was unloaded.</exception>
    public Task PulseAsync() => _scheduler.DoAsync(static () => { });

    /// <inheritdoc/>
    public long KvBytes => _cache?.ResidentBytes ?? 0;

    /// <inheritdoc/>
    public long RetainedBytes => _cache?.IdleBytes ?? 0;

    /// <inheritdoc/>
    public void ShedRetained(long bytes)
    {
        // Between two steps; on a busy box that may be a moment, and it need not be waited for.
        if (_cache is { } cache) _scheduler.DoAsync(() => cache.Shed(bytes)).Wait(OneStep);
    }

    /// <inheritdoc/>
    public void LimitSequences(int most) => _scheduler.MostActive = most;

    /// <inheritdoc/>
    public void LimitContext(int tokens) => _contextLimit = Math.Min(tokens, ContextLength);

    /// <summary>Lets the generations under way end, saves what is kept across restarts, then frees the model.</summary>
    public void Dispose()
    {
        _archive?.Dispose();
        _scheduler.Dispose();
    }

    private GrammarFilter? Constrain(ReadOnlyMemory<int> prompt, GenerationOptions options)
    {
        if (options.Grammar is not { } grammar) return null;
        return new GrammarFilter(grammar, _vocabulary.Value, _hints is null ? null : new CallBias(_hints, Tokenizer.FindToken(_hints.Begin) ?? -1, TextOf(prompt.Span), _vocabulary.Value));
    }

    // Each message on lines of its own, and no marks between them: nobody said those.
    private byte[] TextOf(ReadOnlySpan<int> prompt)
    {
        var text = new List<byte>();
        foreach (var token in prompt)
        {
            var bytes = Tokenizer.GetTokenBytes(token);
            if (Tokenizer.IsSpecial(token) || bytes is [(byte)'<', .., (byte)'>']) text.Add((byte)'\n');
            else text.AddRange(bytes);
        }
        return [.. text];
    }

    private void CheckPrompt(ReadOnlySpan<int> prompt)
    {
        if (prompt.Length == 0) throw new GenerationException("The prompt is empty.") { Parameter = "prompt" };
        var limit = _contextLimit;
        if (prompt.Length >= limit)
        {
            if (prompt.Length < ContextLength)
                throw new MemoryException($"The prompt has {prompt.Length} tokens; {Name} takes {limit} with the answer while memory is short. Try again in a moment.");
            throw new GenerationException($"The prompt has {prompt.Length} tokens; {Name} holds {ContextLength} with the answer. Shorten it.")
            { Parameter = "prompt", IsContextExceeded = true };
        }
        foreach (var token in prompt)
        {
            if ((uint)token >= (uint)_vocabularySize)
                throw new GenerationException($"Token {token} is not in the vocabulary of {_vocabularySize}.") { Parameter = "prompt" };
        }
    }
}
