using System.Buffers;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using Models.Import.Onnx;
using Models.Import.Quantize;
using Models.Import.Weights;
using Models.Onnx.Rewriting;

namespace Models.Import.Decoder;

/// <summary>
/// Converts weights and streams them into the external data file, a few rows at a time on every core, so that memory stays far below
/// the size of a tensor.
/// </summary>
internal sealed class WeightStore(
    OnnxGraph graph, ExternalDataFile data, long totalSourceBytes, IProgress<(long Done, long Total)>? progress, CancellationToken cancellation)
{
    private const int ChunkWeights = 1 << 18;

    private readonly LossMeter _losses = new();
    private readonly HashSet<StoredKind> _kinds = [];
    private long _done;

    /// <summary>What the matrices became: none, int8, int4 or int4+int8.</summary>
    public string Quantization =>
        string.Join('+', _kinds.Where(k => k != StoredKind.Float).Select(k => k.Name()).Order(StringComparer.Ordinal).DefaultIfEmpty("none"));

    /// <summary>What requantizing cost, per source and stored kind.</summary>
    public IReadOnlyList<QuantizationLoss> Losses => _losses.ToReport();

    /// <summary>Stores float32 values of any shape; returns the initializer's name.</summary>
    public string Floats(string name, ReadOnlySpan<float> values, params ReadOnlySpan<long> shape)
    {
        var bytes = MemoryMarshal.AsBytes(values);
        var offset = data.Reserve(bytes.Length);
        data.Write(offset, bytes);
        return graph.External(name, OnnxType.Float, shape, data.Name, offset, bytes.Length);
    }

    /// <summary>Stores a float32 table computed row by row; returns the initializer's name.</summary>
    public string Table(string name, int rows, int columns, Action<int, Span<float>> fillRow)
    {
        var rowBytes = columns * sizeof(float);
        var offset = data.Reserve((long)rows * rowBytes);
        ForChunks(rows, columns, (first, count) =>
        {
            var buffer = ArrayPool<float>.Shared.Rent(count * columns);
            for (var i = 0; i < count; i++) fillRow(first + i, buffer.AsSpan(i * columns, columns));
            data.Write(offset + (long)first * rowBytes, MemoryMarshal.AsBytes(buffer.AsSpan(0, count * columns)));
            ArrayPool<float>.Shared.Return(buffer);
        });
        return graph.External(name, OnnxType.Float, [rows, columns], data.Name, offset, (long)rows * rowBytes);
    }

    /// <summary>Stores a matrix under <paramref name="name"/>.weight as the given kind.</summary>
    public StoredMatrix Matrix(string name, WeightMatrix matrix, StoredKind kind)
    {
        _kinds.Add(kind);
        var stored = kind == StoredKind.Float ? StoreFloat(name, matrix) : StoreBlocks(name, matrix, kind);
        _done += matrix.SourceBytes;
        progress?.Report((_done, totalSourceBytes));
        return stored;
    }

    /// <summary>Names the same numbers once more, as [rows, bytes of a row]: the shape GatherBlockQuantized wants.</summary>
    public string Flatten(StoredMatrix matrix, string name) =>
        graph.External(name, OnnxType.UInt8, [matrix.Rows, matrix.Length / matrix.Rows], data.Name, matrix.Offset, matrix.Length);

    private StoredMatrix StoreFloat(string name, WeightMatrix matrix)
    {
        var length = (long)matrix.Rows * matrix.Columns * sizeof(float);
        var offset = data.Reserve(length);
        ForChunks(matrix.Rows, matrix.Columns, (first, count) =>
        {
            var buffer = ArrayPool<float>.Shared.Rent(count * matrix.Columns);
            for (var i = 0; i < count; i++) matrix.ReadRow(first + i, buffer.AsSpan(i * matrix.Columns, matrix.Columns));
            data.Write(offset + (long)first * matrix.Columns * sizeof(float), MemoryMarshal.AsBytes(buffer.AsSpan(0, count * matrix.Columns)));
            ArrayPool<float>.Shared.Return(buffer);
        });
        var initializer = graph.External(name + ".weight", OnnxType.Float, [matrix.Rows, matrix.Columns], data.Name, offset, length);
        return new StoredMatrix(initializer, null, StoredKind.Float, matrix.Rows, matrix.Columns, offset, length);
    }

    private StoredMatrix StoreBlocks(string name, WeightMatrix matrix, StoredKind kind)
    {
        var blocks = BlockQuantizer.Blocks(matrix.Columns);
        var blockBytes = BlockQuantizer.BlockLength * kind.Bits() / 8;
        var rowBytes = blocks * blockBytes;
        var length = (long)matrix.Rows * rowBytes;
        // float16, as the quantized sources have them: a tenth of int4's bytes, which is a tenth of decode's time.
        var scalesLength = (long)matrix.Rows * blocks * sizeof(ushort);
        var offset = data.Reserve(length);
        var scalesOffset = data.Reserve(scalesLength);
        ForChunks(matrix.Rows, matrix.Columns, (first, count) =>
        {
            var packed = ArrayPool<byte>.Shared.Rent(count * rowBytes);
            var scales = ArrayPool<float>.Shared.Rent(count * blocks);
            var row = ArrayPool<float>.Shared.Rent(blocks * BlockQuantizer.BlockLength);
            row.AsSpan(matrix.Columns, blocks * BlockQuantizer.BlockLength - matrix.Columns).Clear();
            for (var i = 0; i < count; i++)
                StoreRow(matrix, first + i, kind, row, packed.AsSpan(i * rowBytes, rowBytes), scales.AsSpan(i * blocks, blocks));
            data.Write(offset + (long)first * rowBytes, packed.AsSpan(0, count * rowBytes));
            var halves = ArrayPool<Half>.Shared.Rent(count * blocks);
            for (var i = 0; i < count * blocks; i++) halves[i] = (Half)scales[i];
            data.Write(scalesOffset + (long)first * blocks * sizeof(ushort), MemoryMarshal.AsBytes(halves.AsSpan(0, count * blocks)));
            ArrayPool<Half>.Shared.Return(halves);
            ArrayPool<byte>.Shared.Return(packed);
            ArrayPool<float>.Shared.Return(scales);
            ArrayPool<float>.Shared.Return(row);
        });
        var initializer = graph.External(
            $"{name}.weight_Q{kind.Bits()}", OnnxType.UInt8, [matrix.Rows, blocks, blockBytes], data.Name, offset, length);
        var halfScales = graph.External(
            name + ".weight_scales_fp16", OnnxType.Float16, [matrix.Rows, blocks], data.Name, scalesOffset, scalesLength);
        // Standard runtimes fold this Cast when they load the graph; our own kernels read the float16 numbers beneath it.
        var scales32 = graph.Node("Cast", name + ".weight_scales/Cast", [halfScales], [name + ".weight_scales"], "", new OnnxAttribute("to", (long)OnnxType.Float));
        return new StoredMatrix(initializer, scales32, kind, matrix.Rows, matrix.Columns, offset, length);
    }

    private void StoreRow(WeightMatrix matrix, int index, StoredKind kind, float[] row, Span<byte> packed, Span<float> scales)
    {
        var bytes = matrix.RowBytes(index, out var tensor);
        if (bytes.IsEmpty)
        {
            BlockRepacker.Zero(kind, packed, scales);
        }
        else if (matrix.KeepsBlocks && BlockRepacker.IsLossless(tensor.Kind, kind))
        {
            BlockRepacker.Repack(tensor.Kind, bytes, packed, scales);
        }
        else
        {
            matrix.ReadRow(index, row.AsSpan(0, matrix.Columns));
            var (error, sum) = BlockQuantizer.Quantize(kind, row, packed, scales);
            if (!double.IsFinite(sum)) throw new ImportException($"Tensor {tensor.Name} holds numbers that are not finite: the file is damaged. Fetch it again.");
            _losses.Add(tensor, kind, error, sum);
        }
    }

    private void ForChunks(int rows, int columns, Action<int, int> body)
    {
        var chunkRows = Math.Max(1, ChunkWeights / columns);
        var chunks = (rows + chunkRows - 1) / chunkRows;
        try
        {
            Parallel.For(0, chunks, new ParallelOptions { CancellationToken = cancellation, MaxDegreeOfParallelism = Environment.ProcessorCount },
                chunk => body(chunk * chunkRows, Math.Min(chunkRows, rows - chunk * chunkRows)));
        }
        catch (AggregateException e)
        {
            // Every chunk fails for the same reason (a full disk, a damaged tensor); a person needs it once.
            ExceptionDispatchInfo.Throw(e.InnerExceptions[0]);
        }
    }
}
