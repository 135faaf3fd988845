using Models.Generation;
using Models.Store;

namespace Models.Tests.Generation;

/// <summary>One sequence in an engine, without a scheduler: tokens in, the last one's logits out.</summary>
internal sealed class OneSequence(IDecoder decoder) : IDisposable
{
    private ISequence _sequence = decoder.CreateSequence();

    public OneSequence(string folder, int capacity, EngineOptions? options = null)
        : this(new OnnxDecoder(folder, GenAiConfig.Read(folder), capacity, options ?? new EngineOptions())) { }

    /// <summary>Logits after the last token that ran.</summary>
    public Span<float> Logits => decoder.Logits(0);

    public int Length => _sequence.Length;

    /// <summary>Runs tokens, in as many pieces as the engine wants.</summary>
    public void Run(ReadOnlySpan<int> tokens)
    {
        while (tokens.Length > 0)
        {
            var piece = tokens[..Math.Min(tokens.Length, decoder.MostTokens)].ToArray();
            Assert.True(_sequence.TryReserve(piece.Length));
            decoder.Run([new StepPart(_sequence, piece, 1)], CancellationToken.None);
            _sequence.Commit(piece);
            tokens = tokens[piece.Length..];
        }
    }

    /// <summary>Begins a new sequence, with what was computed before of these tokens.</summary>
    public void Restart(ReadOnlySpan<int> reuse = default)
    {
        _sequence.Dispose();
        _sequence = decoder.CreateSequence();
        if (reuse.Length > 0) _sequence.Reuse(reuse);
    }

    public void Dispose()
    {
        _sequence.Dispose();
        decoder.Dispose();
    }
}
