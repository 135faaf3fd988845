using Models.Budget;
using Models.Generation.Drafting;
using Models.Generation.Kv;
using Models.Onnx;
using Models.Onnx.Attention;
using Models.Onnx.Rewriting;
using Models.Store;

namespace Models.Generation;

/// <summary>
/// The default engine: a decoder graph in ONNX Runtime whose attention reads and writes blocks of ours, so that the tokens of several
/// sequences, at different lengths, go through it as the rows of one run.
/// </summary>
internal sealed unsafe class OnnxDecoder : IDecoder
{
    private const int DefaultSequences = 8;

    private readonly OrtSession _session;
    private readonly OrtRunOptions _runOptions = new();
    private readonly NativeArena _arena = new();
    private readonly AttentionBatch* _batch;
    private readonly long* _ids;
    private readonly long* _positions;
    private readonly long* _rows;
    private readonly float* _logits;

    // What each of the graph's inputs is bound to, for so many tokens and so many rows of logits.
    private readonly List<OrtRows> _tensors = [];
    private readonly Func<int, int, nint>[] _bindings;
    private readonly OrtRows _output;

    // Names and values as ONNX Runtime wants them.
    private readonly nint[] _inputNames;
    private readonly nint[] _inputs;
    private readonly nint _outputName;

    /// <summary>Loads a decoder.</summary>
    /// <exception cref="ModelException">The graph is of a kind that this engine cannot run.</exception>
    public OnnxDecoder(string folder, GenAiConfig config, int capacity, EngineOptions options)
    {
        var decoder = config.Model.Decoder;
        (VocabularySize, Capacity, MostSequences) = (config.Model.VocabSize, capacity, options.Sequences ?? DefaultSequences);
        MostLogits = MostSequences + PromptLookup.MostTokens;
        MostTokens = Math.Max(options.PrefillChunk, MostLogits);
        var names = new DecoderNames(decoder.Inputs.InputIds, decoder.Inputs.AttentionMask, decoder.Inputs.PositionIds ?? "", decoder.Outputs.Logits);
        _session = new OrtSession(
            Path.Combine(folder, decoder.FileName), new OrtSessionSettings
            {
                Threads = options.Threads,
                Spin = options.Spin,
                PackWeights = options.PackWeights ?? HasRoomForPacked(folder, decoder.FileName, options.KvPoolBytes ?? 0),
                Decoder = names,
            });
        if (_session.Output(names.Logits) is not { Type: OnnxElementType.Float32 })
            throw new ModelException($"The model in {folder} returns logits that are not float32; only those are supported.");

        if (decoder.HeadSize is < 8 or > KvStore.MostHeadSize || decoder.HeadSize % 8 != 0)
            throw new ModelException($"The model in {folder} has heads of {decoder.HeadSize} dimensions; multiples of 8 up to {KvStore.MostHeadSize} are supported.");
        var layout = new KvLayout(decoder.NumHiddenLayers, decoder.NumKeyValueHeads, decoder.HeadSize, options.KvType ?? KvType.Float32);
        Cache = new KvCache(layout, Blocks(layout, options));
        if (options.RetainedBytes is { } retained) Cache.Retain(retained);
        _batch = _arena.Allocate<AttentionBatch>();
        _batch->Layout = layout;
        _batch->Sequences = _arena.Allocate<AttentionSequence>(MostSequences);
        _ids = _arena.Allocate<long>(MostTokens);
        _positions = _arena.Allocate<long>(MostTokens);
        _rows = _arena.Allocate<long>(MostLogits);
        _logits = _arena.Allocate<float>((long)MostLogits * VocabularySize);
        if (_session.InputNames.Contains(PagedAttention.ContextInput) || _session.InputNames.Contains(names.Mask)) ContextOfKeys = capacity;
        _bindings = [.. _session.InputNames.Select(name => Bind(name, names))];
        _inputNames = [.. _session.InputNames.Select(_arena.Text)];
        _inputs = new nint[_inputNames.Length];
        _outputName = _arena.Text(names.Logits);
        _output = Tensor(_logits, VocabularySize * sizeof(float), rows => [1, rows, VocabularySize], OnnxElementType.Float32);
    }

    /// <summary>Runs a few tokens for nobody, so that the first request does not pay for what ONNX Runtime and its threads do only once.</summary>
    /// <exception cref="OnnxRuntimeException">The graph and the configuration do not fit together.</exception>
    public void WarmUp()
    {
        using (var sequence = CreateSequence())
        {
            foreach (var tokens in (int[])[2, 1, 1])
                if (sequence.TryReserve(tokens)) Run([new StepPart(sequence, new int[tokens], 1)], CancellationToken.None);
        }
        Cache.Shed(0);
    }

    /// <inheritdoc/>
    public int VocabularySize { get; }

    /// <inheritdoc/>
    public int Capacity { get; }

    /// <inheritdoc/>
    public int MostSequences { get; }

    /// <inheritdoc/>
    public int MostTokens { get; }

    /// <inheritdoc/>
    public int MostLogits { get; }

    /// <inheritdoc/>
    public ISequence CreateSequence() => Cache.CreateSequence(Capacity);

    /// <summary>Its keys and values.</summary>
    public KvCache Cache { get; }

    /// <summary>Where keys depend on how far a sequence may grow: that number; null where they do not.</summary>
    public int? ContextOfKeys { get; }

    /// <inheritdoc/>
    public Span<float> Logits(int row) => new(_logits + (long)row * VocabularySize, VocabularySize);

    /// <inheritdoc/>
    public void Run(ReadOnlySpan<StepPart> parts, CancellationToken cancellation)
    {
        var (tokens, logits) = Fill(parts);
        // A run must have some logits to make; these are nobody's.
        if (logits == 0) _rows[logits++] = tokens - 1;
        for (var i = 0; i < _inputs.Length; i++) _inputs[i] = _bindings[i](tokens, logits);
        using var registration = cancellation.UnsafeRegister(static state => OrtApi.SetTerminate(((OrtRunOptions)state!).Pointer, true), _runOptions);
        var (outputName, output) = (_outputName, _output[logits]);
        try
        {
            fixed (nint* inputNames = _inputNames, inputs = _inputs)
                OrtApi.Run(_session.Pointer, _runOptions.Pointer, inputNames, inputs, _inputs.Length, &outputName, &output, 1);
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

    private (int Tokens, int Logits) Fill(ReadOnlySpan<StepPart> parts)
    {
        int tokens = 0, logits = 0;
        _batch->Count = parts.Length;
        for (var i = 0; i < parts.Length; i++)
        {
            var sequence = (KvSequence)parts[i].Sequence;
            var span = parts[i].Tokens.Span;
            _batch->Sequences[i] = new AttentionSequence { Blocks = sequence.Blocks, FirstRow = tokens, Rows = span.Length, Past = sequence.Length };
            for (var row = span.Length - parts[i].LogitRows; row < span.Length; row++) _rows[logits++] = tokens + row;
            for (var at = 0; at < span.Length; at++, tokens++)
            {
                _ids[tokens] = span[at];
                _positions[tokens] = sequence.Length + at;
            }
        }
        return (tokens, logits);
    }

    private Func<int, int, nint> Bind(string input, DecoderNames names)
    {
        if (input == names.Ids)
        {
            var ids = Tensor(_ids, sizeof(long), rows => [1, rows], OnnxElementType.Int64);
            return (tokens, _) => ids[tokens];
        }
        if (input == names.Positions)
        {
            var positions = Tensor(_positions, sizeof(long), rows => [1, rows], OnnxElementType.Int64);
            return (tokens, _) => positions[tokens];
        }
        if (input == PagedAttention.RowsInput)
        {
            var rows = Tensor(_rows, sizeof(long), count => [count], OnnxElementType.Int64);
            return (_, logits) => rows[logits];
        }
        if (input == names.Mask)
        {
            // Asked for only where tables are chosen by the longest context.
            var ones = _arena.Allocate<long>(Capacity);
            new Span<long>(ones, Capacity).Fill(1);
            return Constant(ones, [1, Capacity]);
        }
        var number = _arena.Allocate<long>();
        *number = input == PagedAttention.BatchInput ? (long)_batch : Capacity;
        return Constant(number, input == PagedAttention.BatchInput ? [1] : []);
    }

    // Packed weights cannot be dropped as the file's pages can: only where, with the keys and values, as much again stays free.
    private static bool HasRoomForPacked(string folder, string graph, long kvBytes) =>
        new FileInfo(Path.Combine(folder, graph + ".data")) is { Exists: true } data && MachineMemory.Here.Read().Room - kvBytes > 2 * data.Length;

    private Func<int, int, nint> Constant(long* values, long[] shape)
    {
        long count = 1;
        foreach (var dimension in shape) count *= dimension;
        var tensor = Tensor(values, count * sizeof(long), _ => shape, OnnxElementType.Int64);
        return (_, _) => tensor[1];
    }

    private OrtRows Tensor(void* buffer, long rowBytes, Func<int, long[]> shape, OnnxElementType type)
    {
        var tensor = new OrtRows(buffer, rowBytes, shape, type);
        _tensors.Add(tensor);
        return tensor;
    }

    // Enough for one whole context at least, or nobody's answer could ever end.
    private int Blocks(KvLayout layout, EngineOptions options)
    {
        var most = (long)MostSequences * ((Capacity + KvLayout.BlockTokens - 1) / KvLayout.BlockTokens + 1);
        var planned = options.KvPoolBytes is { } bytes ? bytes / layout.BlockBytes : most;
        return (int)Math.Clamp(planned, (Capacity + KvLayout.BlockTokens - 1) / KvLayout.BlockTokens + 1, int.MaxValue);
    }

    /// <summary>Frees the graph, the keys and values and the buffers.</summary>
    public void Dispose()
    {
        _session.Dispose();
        _runOptions.Dispose();
        foreach (var tensor in _tensors) tensor.Dispose();
        Cache.Dispose();
        _arena.Dispose();
    }
}
