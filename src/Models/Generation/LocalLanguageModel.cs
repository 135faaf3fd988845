using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Threading.Channels;
using Models.Budget;
using Models.Generation.Grammar;
using Models.Store;
using Models.Tokens;

namespace Models.Generation;

/// <summary>
/// A model in this process: our own decode loop over an engine. One generation runs at a time, the others wait in order; the KV cache
/// of the last one is kept, so a prompt that begins with the same tokens pays only for the rest.
/// </summary>
public sealed class LocalLanguageModel : ILanguageModel, IMemoryUser
{
    private readonly IDecoder _decoder;
    private readonly HashSet<int> _endOfAnswer;
    private readonly SemaphoreSlim _turn = new(1, 1);

    // Tokens whose keys and values are in the decoder's cache.
    private readonly List<int> _cached = [];
    // Made when a grammar first asks for it: it costs some megabytes.
    private readonly Lazy<TokenVocabulary> _vocabulary;
    private bool _disposed;
    // Longest context taken now: less than ContextLength where the memory governor says so.
    private volatile int _contextLimit;

    /// <summary>Loads the model in a folder.</summary>
    /// <exception cref="ModelException">The folder is not a whole model, the engine refuses it, or its library is not here.</exception>
    public LocalLanguageModel(string name, string folder, EngineOptions options)
    {
        Name = name;
        var config = GenAiConfig.Read(folder);
        Tokenizer = Tokenizer.FromFolder(folder);
        ChatTemplate = ChatTemplate.FromFolder(folder);
        ContextLength = Math.Min(config.Model.ContextLength, options.ContextLength ?? int.MaxValue);
        _contextLimit = ContextLength;
        _endOfAnswer = [.. config.Model.EosTokenId];
        _vocabulary = new(() => new TokenVocabulary(
            Math.Min(Tokenizer.VocabularySize, config.Model.VocabSize), token => Tokenizer.GetTokenBytes(token).ToArray(), Tokenizer.IsSpecial, _endOfAnswer));
        _decoder = options.Engine == Engine.GenAi
            ? new GenAiDecoder(folder, config.Model.VocabSize, ContextLength)
            : new OnnxDecoder(folder, config, ContextLength, options);
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
    public async IAsyncEnumerable<GenerationStep> GenerateAsync(
        ReadOnlyMemory<int> prompt, GenerationOptions options, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        options.Validate();
        CheckPrompt(prompt.Span);
        await _turn.WaitAsync(cancellation);
        try
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            // Unbounded on purpose: it never holds more than the answer's tokens, and a slow reader must not hold up the next generation.
            var steps = Channel.CreateUnbounded<GenerationStep>(new UnboundedChannelOptions { SingleReader = true, SingleWriter = true });
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            var worker = Task.Factory.StartNew(
                () => Generate(prompt, options, steps.Writer, stop.Token), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            try
            {
                await foreach (var step in steps.Reader.ReadAllAsync(cancellation)) yield return step;
            }
            finally
            {
                // The reader may leave early; the decoder must be idle before the next generation takes it.
                await stop.CancelAsync();
                await worker;
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <inheritdoc/>
    public long KvBytes => (_decoder as OnnxDecoder)?.KvBytes ?? 0;

    /// <inheritdoc/>
    public long RetainedBytes => _turn.CurrentCount > 0 ? KvBytes : 0;

    /// <inheritdoc/>
    public void ShedRetained(long bytes)
    {
        // Whoever generates is using what is there.
        if (_decoder is not OnnxDecoder decoder || !_turn.Wait(0)) return;
        try
        {
            if (_disposed) return;
            _cached.Clear();
            decoder.Drop();
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Nothing to do: one sequence runs at a time.</summary>
    public void LimitSequences(int most) { }

    /// <inheritdoc/>
    public void LimitContext(int tokens) => _contextLimit = Math.Min(tokens, ContextLength);

    /// <summary>Logits of the next token after a text, for measurements.</summary>
    internal double[] LogitsAfter(ReadOnlySpan<int> text)
    {
        _turn.Wait();
        try
        {
            Prefill(text, CancellationToken.None);
            return Array.ConvertAll(_decoder.Logits.ToArray(), logit => (double)logit);
        }
        finally
        {
            _turn.Release();
        }
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
            if ((uint)token >= (uint)_decoder.VocabularySize)
                throw new GenerationException($"Token {token} is not in the vocabulary of {_decoder.VocabularySize}.") { Parameter = "prompt" };
        }
    }

    private void Generate(
        ReadOnlyMemory<int> prompt, GenerationOptions options, ChannelWriter<GenerationStep> steps, CancellationToken cancellation)
    {
        try
        {
            var clock = Stopwatch.StartNew();
            var limit = Math.Max(0, Math.Min(options.MaxTokens ?? int.MaxValue, _contextLimit - prompt.Length));
            var sampler = new Sampler(options, prompt.Span);
            var constraint = options.Grammar is { } grammar ? new GrammarFilter(grammar, _vocabulary.Value) : null;
            var answer = new AnswerText(Tokenizer, options.Stop, options.ShownTokens);
            var first = TimeSpan.Zero;
            var made = 0;
            if (limit == 0)
            {
                End(null, "", FinishReason.Length);
                return;
            }

            Prefill(prompt.Span, cancellation);
            while (true)
            {
                cancellation.ThrowIfCancellationRequested();
                if (constraint is { IsComplete: true })
                {
                    End(null, answer.Flush(), FinishReason.Stop);
                    return;
                }
                constraint?.Apply(_decoder.Logits);
                var token = sampler.Next(_decoder.Logits);
                if (!Take(token)) return;
                // What the grammar forces goes in without being sampled, and through the model in the same run.
                List<int> next = [token];
                foreach (var forced in constraint?.Forced() ?? [])
                {
                    if (!Take(forced)) return;
                    next.Add(forced);
                }
                Extend(CollectionsMarshal.AsSpan(next), cancellation);
            }

            // Adds a token to the answer; false where it is the last.
            bool Take(int token)
            {
                made++;
                if (made == 1) first = clock.Elapsed;
                constraint?.Accept(token);
                if (_endOfAnswer.Contains(token) && !options.IgnoreEndOfAnswer) return End(token, answer.Flush(), FinishReason.Stop);
                var text = answer.Append(token, out var stopped);
                if (stopped) return End(token, text, FinishReason.Stop);
                if (made == limit) return End(token, text + answer.Flush(), FinishReason.Length);
                steps.TryWrite(new GenerationStep(token, text));
                return true;
            }

            bool End(int? token, string text, FinishReason reason)
            {
                steps.TryWrite(new GenerationStep(
                    token, text, reason, new GenerationTimings(prompt.Length, made, TimeSpan.Zero, first, clock.Elapsed - first)));
                return false;
            }
        }
        catch (GrammarException e)
        {
            steps.TryComplete(new GenerationException(e.Message, e) { Parameter = "response_format" });
        }
        catch (Exception e)
        {
            steps.TryComplete(e);
        }
        finally
        {
            steps.TryComplete();
        }
    }

    private void Prefill(ReadOnlySpan<int> prompt, CancellationToken cancellation)
    {
        // At least one token must run: its logits are the answer's beginning.
        var shared = prompt[..^1].CommonPrefixLength(CollectionsMarshal.AsSpan(_cached));
        _decoder.Rewind(shared);
        _cached.RemoveRange(shared, _cached.Count - shared);
        Extend(prompt[shared..], cancellation);
    }

    private void Extend(ReadOnlySpan<int> tokens, CancellationToken cancellation)
    {
        var before = _decoder.Position;
        try
        {
            _decoder.Run(tokens, cancellation);
        }
        finally
        {
            // A run that was stopped may have come some way.
            _cached.AddRange(tokens[..(_decoder.Position - before)]);
        }
    }

    /// <summary>Waits for the generation under way, then frees the model.</summary>
    public void Dispose()
    {
        _turn.Wait();
        if (!_disposed) _decoder.Dispose();
        _disposed = true;
        _turn.Release();
    }
}
