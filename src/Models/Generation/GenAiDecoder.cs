using System.Runtime.InteropServices;
using Models.Onnx;

namespace Models.Generation;

/// <summary>The second engine: ONNX Runtime GenAI, which owns the KV cache. The sampling and the rest of the loop stay ours.</summary>
internal sealed unsafe class GenAiDecoder : IDecoder
{
    private readonly nint _model;
    private readonly nint _generator;
    private readonly float* _logits;

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
    public int Position { get; private set; }

    /// <inheritdoc/>
    public Span<float> Logits => new(_logits, VocabularySize);

    /// <inheritdoc/>
    public void Rewind(int position)
    {
        if (position == Position) return;
        GenAiApi.RewindTo(_generator, position);
        Position = position;
    }

    /// <inheritdoc/>
    public void Run(ReadOnlySpan<int> tokens, CancellationToken cancellation)
    {
        if (Position + tokens.Length > Capacity) throw new GenerationException($"The context of {Capacity} tokens is full.") { IsContextExceeded = true };
        var registration = cancellation.UnsafeRegister(static state => GenAiApi.SetTerminate(((GenAiDecoder)state!)._generator, true), this);
        try
        {
            GenAiApi.AppendTokens(_generator, tokens);
            GenAiApi.GetLogits(_generator, Logits);
            Position += tokens.Length;
        }
        catch (OnnxRuntimeException) when (cancellation.IsCancellationRequested)
        {
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
}
