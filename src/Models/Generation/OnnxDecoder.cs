using System.Globalization;
using System.Runtime.InteropServices;
using Models.Budget;
using Models.Onnx;
using Models.Store;

namespace Models.Generation;

/// <summary>The default engine: a decoder graph in ONNX Runtime over a KV cache of ours, which it extends in place.</summary>
internal sealed unsafe class OnnxDecoder : IDecoder
{
    private readonly OrtSession _session;
    private readonly KvCache _cache;
    private readonly OrtRunOptions _runOptions = new();
    private readonly int _chunk;
    private readonly bool _takesPositions;

    // Names of inputs and outputs as ONNX Runtime wants them: arrays of pointers to UTF-8, kept for the life of the decoder.
    private readonly nint[] _inputNames;
    private readonly nint[] _outputNames;
    private readonly nint[] _inputs;
    private readonly nint[] _outputs;

    private readonly long* _ids;
    private readonly long* _mask;
    private readonly long* _positions;
    private readonly float* _logits;

    // Bound as the logits output where the graph declares one row; null where it returns every row and ONNX Runtime allocates them.
    private readonly OrtTensor? _logitsTensor;

    public OnnxDecoder(string folder, GenAiConfig config, int capacity, EngineOptions options)
    {
        var decoder = config.Model.Decoder;
        VocabularySize = config.Model.VocabSize;
        _chunk = options.PrefillChunk;
        _session = new OrtSession(
            Path.Combine(folder, decoder.FileName), new OrtSessionSettings
            {
                Threads = options.Threads, Spin = options.Spin, PackWeights = options.PackWeights ?? HasRoomForPacked(folder, decoder.FileName),
            });

        var layers = decoder.NumHiddenLayers;
        _takesPositions = decoder.Inputs.PositionIds is { } positions && _session.Input(positions) is not null;
        var kvType = Require(_session.Input(Layer(decoder.Inputs.PastKeyNames, 0)), Layer(decoder.Inputs.PastKeyNames, 0)).Type;
        var logits = Require(_session.Output(decoder.Outputs.Logits), decoder.Outputs.Logits);
        if (logits.Type != OnnxElementType.Float32)
            throw new ModelException($"The model in {folder} returns logits of type {logits.Type}; only float32 is supported.");
        if (!config.Search.PastPresentShareBuffer)
            throw new ModelException($"The model in {folder} does not share past and present KV buffers (past_present_share_buffer); export it with GroupQueryAttention.");

        _cache = new KvCache(layers, decoder.NumKeyValueHeads, capacity, decoder.HeadSize, kvType);
        _ids = (long*)NativeMemory.Alloc((nuint)_chunk, sizeof(long));
        _positions = (long*)NativeMemory.Alloc((nuint)_chunk, sizeof(long));
        _mask = (long*)NativeMemory.Alloc((nuint)capacity, sizeof(long));
        new Span<long>(_mask, capacity).Fill(1);
        _logits = (float*)NativeMemory.AlignedAlloc((nuint)VocabularySize * sizeof(float), 64);
        if (logits.Shape is [_, 1, _])
            _logitsTensor = new OrtTensor(_logits, (nint)VocabularySize * sizeof(float), [1, 1, VocabularySize], OnnxElementType.Float32);

        List<string> inputs = [decoder.Inputs.InputIds, decoder.Inputs.AttentionMask];
        if (_takesPositions) inputs.Add(decoder.Inputs.PositionIds!);
        List<string> outputs = [decoder.Outputs.Logits];
        for (var layer = 0; layer < layers; layer++)
        {
            inputs.Add(Layer(decoder.Inputs.PastKeyNames, layer));
            inputs.Add(Layer(decoder.Inputs.PastValueNames, layer));
            outputs.Add(Layer(decoder.Outputs.PresentKeyNames, layer));
            outputs.Add(Layer(decoder.Outputs.PresentValueNames, layer));
        }
        _inputNames = [.. inputs.Select(Marshal.StringToCoTaskMemUTF8)];
        _outputNames = [.. outputs.Select(Marshal.StringToCoTaskMemUTF8)];
        _inputs = new nint[_inputNames.Length];
        _outputs = new nint[_outputNames.Length];
        for (var i = 0; i < 2 * layers; i++)
        {
            _inputs[_inputs.Length - 2 * layers + i] = _cache[i];
            _outputs[1 + i] = _cache[i];
        }
    }

    /// <inheritdoc/>
    public int VocabularySize { get; }

    /// <inheritdoc/>
    public int Capacity => _cache.Capacity;

    /// <inheritdoc/>
    public int Position { get; private set; }

    /// <inheritdoc/>
    public Span<float> Logits => new(_logits, VocabularySize);

    /// <inheritdoc/>
    public void Rewind(int position)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(position, Position);
        Position = position;
    }

    /// <inheritdoc/>
    public void Run(ReadOnlySpan<int> tokens, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfZero(tokens.Length);
        using var registration = cancellation.CanBeCanceled
            ? cancellation.UnsafeRegister(static state => OrtApi.SetTerminate(((OrtRunOptions)state!).Pointer, true), _runOptions)
            : default;
        try
        {
            for (var start = 0; start < tokens.Length; start += _chunk)
                RunChunk(tokens.Slice(start, Math.Min(_chunk, tokens.Length - start)));
        }
        catch (OnnxRuntimeException) when (cancellation.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellation);
        }
        finally
        {
            registration.Dispose();
            if (cancellation.IsCancellationRequested) OrtApi.SetTerminate(_runOptions.Pointer, false);
        }
    }

    private void RunChunk(ReadOnlySpan<int> tokens)
    {
        var total = Position + tokens.Length;
        if (total > Capacity) throw new GenerationException($"The context of {Capacity} tokens is full.") { IsContextExceeded = true };
        for (var i = 0; i < tokens.Length; i++)
        {
            _ids[i] = tokens[i];
            _positions[i] = Position + i;
        }
        using var ids = new OrtTensor(_ids, tokens.Length * sizeof(long), [1, tokens.Length], OnnxElementType.Int64);
        using var mask = new OrtTensor(_mask, (nint)total * sizeof(long), [1, total], OnnxElementType.Int64);
        using var positions = _takesPositions
            ? new OrtTensor(_positions, tokens.Length * sizeof(long), [1, tokens.Length], OnnxElementType.Int64)
            : null;
        _inputs[0] = ids.Pointer;
        _inputs[1] = mask.Pointer;
        if (positions is not null) _inputs[2] = positions.Pointer;
        _outputs[0] = _logitsTensor?.Pointer ?? 0;
        fixed (nint* inputNames = _inputNames, inputs = _inputs, outputNames = _outputNames, outputs = _outputs)
            OrtApi.Run(_session.Pointer, _runOptions.Pointer, inputNames, inputs, _inputs.Length, outputNames, outputs, _outputs.Length);
        if (_logitsTensor is null) TakeLastRow(_outputs[0]);
        Position = total;
    }

    private void TakeLastRow(nint value)
    {
        try
        {
            var shape = OrtApi.TensorInfo(value).Shape;
            var data = (float*)OrtApi.TensorData(value) + (shape[1] - 1) * VocabularySize;
            new ReadOnlySpan<float>(data, VocabularySize).CopyTo(Logits);
        }
        finally
        {
            OrtApi.ReleaseValue(value);
        }
    }

    // Twice their size: the copy itself, and as much again for everything else that will want memory.
    private static bool HasRoomForPacked(string folder, string graph) =>
        new FileInfo(Path.Combine(folder, graph + ".data")) is { Exists: true } data && MachineMemory.Available > 2 * data.Length;

    private static string Layer(string pattern, int layer) =>
        pattern.Replace("%d", layer.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);

    private static OrtTensorInfo Require(OrtTensorInfo? info, string name) =>
        info ?? throw new ModelException($"The model's graph has no '{name}', which {GenAiConfig.FileName} names.");

    /// <summary>Frees the graph, the cache and the buffers.</summary>
    public void Dispose()
    {
        _session.Dispose();
        _cache.Dispose();
        _runOptions.Dispose();
        _logitsTensor?.Dispose();
        foreach (var name in _inputNames) Marshal.FreeCoTaskMem(name);
        foreach (var name in _outputNames) Marshal.FreeCoTaskMem(name);
        NativeMemory.Free(_ids);
        NativeMemory.Free(_positions);
        NativeMemory.Free(_mask);
        NativeMemory.AlignedFree(_logits);
    }
}
