using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Threading.Channels;
using Models.Store;
using Models.Tokens;

namespace Models.Generation;

/// <summary>
/// A model in this process: our own decode loop over an engine. One generation runs at a time, the others wait in order; the KV cache
/// of the last one is kept, so a prompt that begins with the same tokens pays only for the rest.
/// </summary>
public sealed class LocalLanguageModel : ILanguageModel
{
    private readonly IDecoder _decoder;
    private readonly HashSet<int> _endOfAnswer;
    private readonly SemaphoreSlim _turn = new(1, 1);

    // Tokens whose keys and values are in the decoder's cache.
    private readonly List<int> _cached = [];
    private bool _disposed;

    /// <summary>Loads the model in a folder.</summary>
    /// <exception cref="ModelException">The folder is not a whole model, the engine refuses it, or its library is not here.</exception>
    public LocalLanguageModel(string name, string folder, EngineOptions options)
    {
        Name = name;
        var config = GenAiConfig.Read(folder);
        Tokenizer = Tokenizer.FromFolder(folder);
        ChatTemplate = ChatTemplate.FromFolder(folder);
        ContextLength = Math.Min(config.Model.ContextLength, options.ContextLength ?? int.MaxValue);
        _endOfAnswer = [.. config.Model.EosTokenId];
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
        if (prompt.Length >= ContextLength)
        {
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
            var limit = Math.Min(options.MaxTokens ?? int.MaxValue, ContextLength - prompt.Length);
            var sampler = new Sampler(options, prompt.Span);
            var answer = new AnswerText(Tokenizer.CreateDetokenizer(), prompt.Span[^1], options.Stop);
            var first = TimeSpan.Zero;
            var last = 0;
            if (limit == 0) Write(null, "", FinishReason.Length, 0);

            for (var made = 1; made <= limit; made++)
            {
                if (made == 1) Prefill(prompt.Span, cancellation);
                else Extend(last, cancellation);
                cancellation.ThrowIfCancellationRequested();
                last = sampler.Next(_decoder.Logits);
                if (made == 1) first = clock.Elapsed;

                if (_endOfAnswer.Contains(last) && !options.IgnoreEndOfAnswer)
                {
                    Write(last, answer.Flush(), FinishReason.Stop, made);
                    return;
                }
                var text = answer.Append(last, out var stopped);
                if (stopped)
                {
                    Write(last, text, FinishReason.Stop, made);
                    return;
                }
                if (made == limit) Write(last, text + answer.Flush(), FinishReason.Length, made);
                else steps.TryWrite(new GenerationStep(last, text));
            }

            void Write(int? token, string text, FinishReason reason, int made) => steps.TryWrite(new GenerationStep(
                token, text, reason, new GenerationTimings(prompt.Length, made, TimeSpan.Zero, first, clock.Elapsed - first)));
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
        try
        {
            _decoder.Run(prompt[shared..], cancellation);
        }
        finally
        {
            _cached.AddRange(prompt[shared.._decoder.Position]);
        }
    }

    private void Extend(int token, CancellationToken cancellation)
    {
        _decoder.Run([token], cancellation);
        _cached.Add(token);
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
