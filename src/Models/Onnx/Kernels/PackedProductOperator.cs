using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Models.Onnx.Kernels;

/// <summary>
/// A product with <see cref="PackedWeights"/> and what stands around it in a decoder, so that a layer needs few operators and no
/// intermediate tensors. Inputs: float32 activations [.., K]; optionally a bias [N]; optionally a second summand and a weight [K], which
/// ask for RMSNorm of the sum before the product. Outputs: float32 [.., N]; the sum [.., K] where it is normalised. With a gate, which is
/// a second matrix, the output is SiLU(gate) · product.
/// </summary>
internal sealed unsafe class PackedProductOperator() : CustomOperator(
    OpType,
    [
        new Port(OnnxElementType.Float32), new Port(OnnxElementType.Float32, Optional: true),
        new Port(OnnxElementType.Float32, Optional: true), new Port(OnnxElementType.Float32, Optional: true),
    ],
    [new Port(OnnxElementType.Float32), new Port(OnnxElementType.Float32, Optional: true)])
{
    /// <summary>Name of the operator.</summary>
    public const string OpType = "PackedProduct";

    /// <summary>Attributes: addresses of the matrices (a gate of 0 is none), their size, and the norm's epsilon.</summary>
    public const string Weights = "weights", Gate = "gate", Rows = "rows", Columns = "columns", Epsilon = "epsilon";

    // More tasks than threads, so that a thread which is held up delays the others by a piece and not by its half.
    private const int TasksPerThread = 2;

    /// <inheritdoc/>
    public override Kernel CreateKernel(KernelInfo info)
    {
        int rows = (int)info.Integer(Rows), columns = (int)info.Integer(Columns);
        PanelMatrix Matrix(string name) => new((byte*)info.Integer(name), rows, columns / Int4Matrix.BlockSize);
        return new Product
        {
            Threads = (int)info.Integer(CustomOperators.Threads),
            Columns = columns,
            Weights = Matrix(Weights),
            Gate = info.Integer(Gate) != 0 ? Matrix(Gate) : null,
            Epsilon = info.Float(Epsilon),
        };
    }

    private struct Job
    {
        public PanelMatrix Weights;
        public PanelMatrix Gate;
        public bool HasGate;
        public QuantizedRows Rows;
        public int Columns;
        public float* Input;
        public float* Skip;
        public float* Norm;
        public float* Sum;
        public float* Bias;
        public float* Output;
        public float Epsilon;
        public int Tasks;
    }

    private sealed class Product : Kernel
    {
        public required int Threads { get; init; }

        public required int Columns { get; init; }

        public required PanelMatrix Weights { get; init; }

        public required PanelMatrix? Gate { get; init; }

        public required float Epsilon { get; init; }

        /// <inheritdoc/>
        public override void Compute(KernelContext context)
        {
            var shape = context.Info(0).Shape;
            long rows = 1;
            foreach (var dimension in shape.AsSpan(0, shape.Length - 1)) rows *= dimension;
            var job = new Job
            {
                Weights = Weights,
                Gate = Gate ?? default,
                HasGate = Gate is not null,
                Columns = Columns,
                Input = (float*)context.Input(0),
                Bias = (float*)context.Input(1),
                Skip = (float*)context.Input(2),
                Norm = (float*)context.Input(3),
                Epsilon = Epsilon,
            };
            if (job.Norm != null) job.Sum = (float*)context.Output(1, shape);
            shape[^1] = Weights.Rows;
            job.Output = (float*)context.Output(0, shape);
            if (rows == 0) return;

            job.Rows = new QuantizedRows((int)rows, Columns);
            job.Tasks = rows < 2 * Threads ? 1 : Threads;
            if (job.Tasks == 1) Prepare(ref job, 0, (int)rows);
            else context.ParallelFor(&PrepareTask, job.Tasks, &job);
            job.Tasks = Math.Max(1, Math.Min(Threads * TasksPerThread, Weights.Panels / 2));
            context.ParallelFor(&MultiplyTask, job.Tasks, &job);
            job.Rows.Dispose();
        }
    }

    [UnmanagedCallersOnly]
    private static void PrepareTask(void* state, nuint task)
    {
        ref var job = ref *(Job*)state;
        Prepare(ref job, (int)((long)job.Rows.Rows * (long)task / job.Tasks), (int)((long)job.Rows.Rows * ((long)task + 1) / job.Tasks));
    }

    private static void Prepare(ref Job job, int from, int to)
    {
        if (job.Norm == null)
        {
            for (var row = from; row < to; row++) job.Rows.Quantize(row, job.Input + (long)row * job.Columns, job.Columns);
            return;
        }
        var normal = NativeBuffer.Rent((nuint)job.Columns * sizeof(float));
        for (var row = from; row < to; row++)
        {
            var at = (long)row * job.Columns;
            RmsNorm.AddAndNormalize(job.Input + at, job.Skip + at, job.Norm, job.Epsilon, job.Columns, job.Sum + at, (float*)normal.Pointer);
            job.Rows.Quantize(row, (float*)normal.Pointer, job.Columns);
        }
        normal.Return();
    }

    [UnmanagedCallersOnly]
    private static void MultiplyTask(void* state, nuint task)
    {
        ref var job = ref *(Job*)state;
        int from = (int)(job.Weights.Panels * (long)task / job.Tasks), to = (int)(job.Weights.Panels * ((long)task + 1) / job.Tasks);
        long stride = job.Weights.Rows;
        int first = from * PanelMatrix.PanelRows, columns = Math.Min(to * PanelMatrix.PanelRows, job.Weights.Rows) - first;
        PanelKernel.Multiply(job.Weights, job.Rows, job.Output + first, stride, from, to);
        if (job.HasGate) MultiplyByGate(ref job, from, to);
        if (job.Bias == null) return;
        for (var row = 0; row < job.Rows.Rows; row++) Add(job.Output + row * stride + first, job.Bias + first, columns);
    }

    // Panel by panel, so that the gate never leaves the cache.
    private static void MultiplyByGate(ref Job job, int from, int to)
    {
        var gate = NativeBuffer.Rent((nuint)job.Rows.Rows * PanelMatrix.PanelRows * sizeof(float));
        for (var panel = from; panel < to; panel++)
        {
            PanelKernel.Multiply(job.Gate, job.Rows, (float*)gate.Pointer, PanelMatrix.PanelRows, panel, panel + 1);
            var first = panel * PanelMatrix.PanelRows;
            var columns = Math.Min(PanelMatrix.PanelRows, job.Gate.Rows - first);
            for (var row = 0; row < job.Rows.Rows; row++)
                MultiplyBySilu(job.Output + row * (long)job.Gate.Rows + first, (float*)gate.Pointer + row * PanelMatrix.PanelRows, columns);
        }
        gate.Return();
    }

    private static void MultiplyBySilu(float* y, float* gate, int columns)
    {
        var i = 0;
        for (; i + 8 <= columns; i += 8)
        {
            var g = Vector256.Load(gate + i);
            (Vector256.Load(y + i) * g / (Vector256.Create(1f) + Vector256.Exp(-g))).Store(y + i);
        }
        for (; i < columns; i++) y[i] *= gate[i] / (1 + MathF.Exp(-gate[i]));
    }

    private static void Add(float* y, float* bias, int columns)
    {
        var i = 0;
        for (; i + 8 <= columns; i += 8) (Vector256.Load(y + i) + Vector256.Load(bias + i)).Store(y + i);
        for (; i < columns; i++) y[i] += bias[i];
    }
}
