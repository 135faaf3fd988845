using System.Runtime.InteropServices;
using Models.Onnx;
using Models.Tokens;

namespace Models.Embedding;

/// <summary>
/// An encoder graph in ONNX Runtime: rows of tokens in, a row of numbers each out. Safe for several threads; one run at a time, the
/// others wait in order, because a run uses all cores by itself and two would only take twice the memory.
/// </summary>
internal sealed class OnnxEncoder : IDisposable
{
    private readonly OrtSession _session;
    private readonly EncoderConfig _config;
    private readonly nint[] _inputNames;
    private readonly nint _outputName;
    private readonly SemaphoreSlim _turn = new(1, 1);
    private bool _disposed;

    /// <summary>Loads the encoder of a folder.</summary>
    /// <exception cref="ModelException">The folder is not a whole encoder, or ONNX Runtime refuses it.</exception>
    public OnnxEncoder(string folder, int threads)
    {
        _config = EncoderConfig.Read(folder);
        Tokenizer = Tokenizer.FromFolder(folder);
        // No spinning: runs are long, and threads that wait must not take the cores of a generation.
        _session = new OrtSession(
            Path.Combine(folder, EncoderConfig.GraphName), new OrtSessionSettings { Threads = threads, Spin = false, OwnOperators = false });
        string[] inputs = [EncoderInputs.Ids, .. _config.TakesMask ? [EncoderInputs.Mask] : (string[])[], .. _config.TakesTypes ? [EncoderInputs.Types] : (string[])[]];
        foreach (var name in inputs)
        {
            if (_session.Input(name) is not { Type: OnnxElementType.Int64, Shape.Length: 2 })
                throw new ModelException($"The encoder in {folder} must take {name} as int64 [texts, tokens]. Export it again.");
        }
        if (_session.Output(_config.Output) is not { Type: OnnxElementType.Float32, Shape.Length: >= 1 and <= 3 })
            throw new ModelException($"The encoder in {folder} must return {_config.Output} as float32 with 1 to 3 dimensions. Export it again.");
        _inputNames = [.. inputs.Select(Marshal.StringToCoTaskMemUTF8)];
        _outputName = Marshal.StringToCoTaskMemUTF8(_config.Output);
    }

    /// <summary>Its tokenizer.</summary>
    public Tokenizer Tokenizer { get; }

    /// <summary>What it is.</summary>
    public EncoderConfig Config => _config;

    /// <summary>Runs every row; the results are in the rows' order.</summary>
    /// <exception cref="ModelException">ONNX Runtime failed, or the graph returned another shape than it should.</exception>
    public async Task<float[][]> RunAsync(IReadOnlyList<TokenRow> rows, CancellationToken cancellation)
    {
        var results = new float[rows.Count][];
        // Neighbours of like length need little padding.
        var order = Enumerable.Range(0, rows.Count).OrderBy(i => rows[i].Ids.Length).ToArray();
        for (var start = 0; start < order.Length;)
        {
            var end = start + 1;
            while (end < order.Length && !_config.RunsAlone && (long)rows[order[end]].Ids.Length * (end + 1 - start) <= EncoderConfig.MostTokens) end++;
            var batch = order[start..end];
            await _turn.WaitAsync(cancellation);
            try
            {
                ObjectDisposedException.ThrowIf(_disposed, this);
                var made = await Task.Run(() => Run([.. batch.Select(i => rows[i])], cancellation), CancellationToken.None);
                for (var i = 0; i < batch.Length; i++) results[batch[i]] = made[i];
            }
            finally
            {
                _turn.Release();
            }
            start = end;
        }
        return results;
    }

    private unsafe float[][] Run(TokenRow[] rows, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var width = rows.Max(row => row.Ids.Length);
        long[] ids = new long[rows.Length * width], mask = new long[ids.Length], types = new long[ids.Length];
        Array.Fill(ids, _config.PadToken);
        for (var i = 0; i < rows.Length; i++)
        {
            for (var j = 0; j < rows[i].Ids.Length; j++)
            {
                ids[i * width + j] = rows[i].Ids[j];
                mask[i * width + j] = 1;
                types[i * width + j] = j < rows[i].Second ? 0 : 1;
            }
        }
        using var runOptions = new OrtRunOptions();
        // What one long batch needed does not stay with the process.
        OrtApi.AddRunConfig(runOptions.Pointer, "memory.enable_memory_arena_shrinkage", "cpu:0");
        using var registration = cancellation.UnsafeRegister(static state => OrtApi.SetTerminate(((OrtRunOptions)state!).Pointer, true), runOptions);
        try
        {
            fixed (long* idData = ids, maskData = mask, typeData = types)
            {
                long[] shape = [rows.Length, width];
                using var idTensor = Tensor(idData);
                using var maskTensor = Tensor(maskData);
                using var typeTensor = Tensor(typeData);
                nint[] inputs = [idTensor.Pointer, .. _config.TakesMask ? [maskTensor.Pointer] : (nint[])[], .. _config.TakesTypes ? [typeTensor.Pointer] : (nint[])[]];
                nint output = 0, outputName = _outputName;
                fixed (nint* names = _inputNames, values = inputs)
                    OrtApi.Run(_session.Pointer, runOptions.Pointer, names, values, inputs.Length, &outputName, &output, 1);
                return Take(output, rows, width);

                OrtTensor Tensor(long* data) => new(data, (nint)ids.Length * sizeof(long), shape, OnnxElementType.Int64);
            }
        }
        catch (OnnxRuntimeException) when (cancellation.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellation);
        }
    }

    private unsafe float[][] Take(nint output, TokenRow[] rows, int width)
    {
        try
        {
            var shape = OrtApi.TensorInfo(output).Shape;
            var size = _config.Dimensions;
            long[] expected = shape.Length switch { 3 => [rows.Length, width, size], 2 => [rows.Length, size], _ => [rows.Length] };
            if (!shape.AsSpan().SequenceEqual(expected) || (_config.Pooling == Pooling.None) == (shape.Length == 3))
                throw new ModelException($"The encoder returned {_config.Output} as [{string.Join(", ", shape)}] where [{string.Join(", ", expected)}] was expected. Export it again.");
            var tokens = shape.Length == 3 ? width : 1;
            var results = new float[rows.Length][];
            for (var i = 0; i < rows.Length; i++)
            {
                var data = new ReadOnlySpan<float>((float*)OrtApi.TensorData(output) + (long)i * tokens * size, tokens * size);
                results[i] = Pool(data, tokens == 1 ? 1 : rows[i].Ids.Length, size);
            }
            return results;
        }
        finally
        {
            OrtApi.ReleaseValue(output);
        }
    }

    // Padding is behind a text's own tokens, so the mask is a length.
    private float[] Pool(ReadOnlySpan<float> tokens, int count, int size)
    {
        var pooled = tokens[..size].ToArray();
        if (_config.Pooling is Pooling.None or Pooling.Cls) return pooled;
        for (var token = 1; token < count; token++)
        {
            var row = tokens.Slice(token * size, size);
            for (var i = 0; i < size; i++) pooled[i] = _config.Pooling == Pooling.Max ? Math.Max(pooled[i], row[i]) : pooled[i] + row[i];
        }
        if (_config.Pooling == Pooling.Mean) for (var i = 0; i < size; i++) pooled[i] /= count;
        return pooled;
    }

    /// <summary>Waits for the run under way, then frees the graph.</summary>
    public void Dispose()
    {
        _turn.Wait();
        if (!_disposed)
        {
            _session.Dispose();
            foreach (var name in _inputNames) Marshal.FreeCoTaskMem(name);
            Marshal.FreeCoTaskMem(_outputName);
        }
        _disposed = true;
        _turn.Release();
    }
}
