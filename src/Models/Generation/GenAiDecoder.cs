using System.Runtime.InteropServices;
using Models.Onnx;

namespace Models.Generation;

/// <summary>The second engine: ONNX Runtime GenAI, which owns the KV cache. The sampling and the rest of the loop stay ours.</summary>
internal sealed unsafe class GenAiDecoder : IDecoder
{
    private const int PrefillChunk = 512;

    private readonly nint _model;
    private readonly nint _generator;
    private readonly float* _logits;

    // Tokens in its cache.
    private readonly List<int> _tokens = [];

    public GenAiDecoder(string folder, int vocabularySize, int capacity)
    {
        VocabularySize = vocabularySize;
        Capacity = capacity;
        _model = GenAiApi.CreateModel(folder);
        _generator = GenAiApi.CreateGenerator(_model, capacity);
        _logits = (float*)NativeMemory.AlignedAlloc((nuint)vocabularySize * sizeof(float), 64);
    }

    /// <inheritdoc/>
    public int VocabularySize { get; }

    /// <inheritdoc/>
    public int Capacity { get; }

    /// <inheritdoc/>
    public int MostSequences => 1;

    /// <inheritdoc/>
    public int MostTokens => PrefillChunk;

    /// <inheritdoc/>
    public int MostLogits => 1;

    /// <inheritdoc/>
    public ISequence CreateSequence() => new Sequence(this);

    /// <inheritdoc/>
    public Span<float> Logits(int row) => new(_logits, VocabularySize);

    /// <inheritdoc/>
    public void Run(ReadOnlySpan<StepPart> parts, CancellationToken cancellation)
    {
        var tokens = parts[0].Tokens.Span;
        var registration = cancellation.UnsafeRegister(static state => GenAiApi.SetTerminate(((GenAiDecoder)state!)._generator, true), this);
        try
        {
            GenAiApi.AppendTokens(_generator, tokens);
            GenAiApi.GetLogits(_generator, Logits(0));
        }
        catch (OnnxRuntimeException) when (cancellation.IsCancellationRequested)
        {
            GenAiApi.SetTerminate(_generator, false);
            GenAiApi.RewindTo(_generator, _tokens.Count);
            throw new OperationCanceledException(cancellation);
        }
        finally
        {
            registration.Dispose();
            if (cancellation.IsCancellationRequested) GenAiApi.SetTerminate(_generator, false);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        GenAiApi.DestroyGenerator(_generator);
        GenAiApi.DestroyModel(_model);
        NativeMemory.AlignedFree(_logits);
    }

    // The one sequence: what GenAI's cache holds stays for the next, as far as it begins with the same tokens.
    private sealed class Sequence(GenAiDecoder decoder) : ISequence
    {
        public int Length { get; private set; }

        public void Reuse(ReadOnlySpan<int> tokens)
        {
            if (Length > 0) return;
            var held = decoder._tokens;
            Length = tokens.CommonPrefixLength(CollectionsMarshal.AsSpan(held));
            if (Length < held.Count) GenAiApi.RewindTo(decoder._generator, Length);
            held.RemoveRange(Length, held.Count - Length);
        }

        public bool TryReserve(int tokens) => Length + tokens <= decoder.Capacity;

        public void Commit(ReadOnlySpan<int> tokens)
        {
            decoder._tokens.AddRange(tokens);
            Length += tokens.Length;
        }

        public void Dispose() { }
    }
}
