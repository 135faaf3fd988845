using System.Runtime.InteropServices;
using Models.Import.Decoder;
using Models.Import.Onnx;
using Models.Import.Quantize;
using Models.Import.Weights;
using Models.Onnx;
using Models.Onnx.Rewriting;
using Models.Tests.Import.Quantize;
using TestKit;

namespace Models.Tests.Import.Decoder;

/// <summary>What ONNX Runtime makes of stored blocks, against the numbers they stand for.</summary>
public sealed class StoredBlocksTests : IDisposable
{
    private const int Rows = 40;

    private readonly TemporaryFolder _folder = new();

    [Theory]
    [InlineData(nameof(StoredKind.Int4), 64)]
    [InlineData(nameof(StoredKind.Int8), 64)]
    [InlineData(nameof(StoredKind.Int4), 80)]
    [InlineData(nameof(StoredKind.Int8), 80)]
    public void MatMulNBits_MultipliesByTheStoredNumbers(string name, int columns)
    {
        var kind = Enum.Parse<StoredKind>(name);
        var stored = Store(kind, columns, out var numbers, (graph, matrix) =>
        {
            graph.Input("x", OnnxType.Float, 1, columns);
            graph.Output("y", OnnxType.Float, 1, Rows);
            graph.Node("MatMulNBits", "multiply", ["x", matrix.Name, matrix.Scales!], ["y"], OnnxGraph.Microsoft,
                new OnnxAttribute("K", matrix.Columns), new OnnxAttribute("N", matrix.Rows), new OnnxAttribute("bits", kind.Bits()),
                new OnnxAttribute("block_size", 32), new OnnxAttribute("accuracy_level", 1));
        });
        var random = new SeededRandom(2);
        float[] x = [.. Enumerable.Range(0, columns).Select(_ => random.NextSigned())];
        var y = Run<float>(x, OnnxElementType.Float32, [1, columns], Rows);
        for (var row = 0; row < Rows; row++)
            Assert.Equal(Enumerable.Range(0, columns).Sum(k => (double)x[k] * numbers[row * stored.Width + k]), y[row], 1e-4);
    }

    [Theory]
    [InlineData(nameof(StoredKind.Int4))]
    [InlineData(nameof(StoredKind.Int8))]
    public void GatherBlockQuantized_LooksUpTheStoredNumbersInTheSameBytes(string name)
    {
        var kind = Enum.Parse<StoredKind>(name);
        const int Columns = 96;
        var stored = Store(kind, Columns, out var numbers, (graph, matrix) =>
        {
            graph.Input("x", OnnxType.Int64, 3);
            graph.Output("y", OnnxType.Float, 3, Columns);
            graph.Node("GatherBlockQuantized", "look_up", ["table", "x", matrix.Scales!], ["y"], OnnxGraph.Microsoft,
                new OnnxAttribute("bits", kind.Bits()), new OnnxAttribute("block_size", 32), new OnnxAttribute("gather_axis", 0), new OnnxAttribute("quantize_axis", 1));
        });
        var y = Run<long>([0, Rows - 1, 7], OnnxElementType.Int64, [3], 3 * Columns);
        Assert.Equal([.. new[] { 0, Rows - 1, 7 }.SelectMany(row => numbers[(row * stored.Width)..(row * stored.Width + Columns)])], y);
    }

    // Stores a random matrix and a graph that uses it; gives back the numbers its blocks stand for, rows filled up to whole blocks.
    private (int Width, StoredMatrix Matrix) Store(StoredKind kind, int columns, out float[] numbers, Action<OnnxGraph, StoredMatrix> build)
    {
        new GgufWriter().AddTensor("w", 0, [Rows, columns], 4L * Rows * columns, stream => RandomWeights.Write(stream, GgufKind.F32, Rows * columns, 1, new SeededRandom(1)))
            .Save(_folder["w.gguf"]);
        using var file = MappedFile.Open(_folder["w.gguf"]);
        var weight = WeightMatrix.Of(new Models.Import.Gguf.GgufFile(file).ReadTensors()["w"]);
        var graph = new OnnxGraph();
        StoredMatrix matrix;
        using (var data = new ExternalDataFile(_folder["model.onnx.data"]))
        {
            var store = new WeightStore(graph, data, 1, null, CancellationToken.None);
            matrix = store.Matrix("w", weight, kind);
            store.Flatten(matrix, "table");
        }
        build(graph, matrix);
        graph.Save(_folder["model.onnx"]);

        var blocks = BlockQuantizer.Blocks(columns);
        var bytes = File.ReadAllBytes(_folder["model.onnx.data"]);
        var packed = bytes.AsSpan((int)matrix.Offset, (int)matrix.Length);
        var scales = Array.ConvertAll(MemoryMarshal.Cast<byte, Half>(bytes.AsSpan(bytes.Length - 2 * Rows * blocks)).ToArray(), scale => (float)scale);
        numbers = MatMulNBits.Numbers(kind, packed, scales);
        return (blocks * 32, matrix);
    }

    private unsafe float[] Run<T>(T[] x, OnnxElementType type, long[] shape, int outputs) where T : unmanaged
    {
        var y = new float[outputs];
        using var session = new OrtSession(_folder["model.onnx"], new OrtSessionSettings { Threads = 1, Spin = false, PackWeights = true });
        using var options = new OrtRunOptions();
        fixed (T* input = x)
        fixed (float* output = y)
        fixed (byte* inputName = "x\0"u8, outputName = "y\0"u8)
        {
            using var inputTensor = new OrtTensor(input, x.Length * sizeof(T), shape, type);
            using var outputTensor = new OrtTensor(output, y.Length * sizeof(float), [shape[0], y.Length / shape[0]], OnnxElementType.Float32);
            var (inName, outName, inValue, outValue) = ((nint)inputName, (nint)outputName, inputTensor.Pointer, outputTensor.Pointer);
            OrtApi.Run(session.Pointer, options.Pointer, &inName, &inValue, 1, &outName, &outValue, 1);
        }
        return y;
    }

    public void Dispose() => _folder.Dispose();
}
