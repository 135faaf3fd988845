using System.Runtime.InteropServices;

namespace Models.Onnx.Kernels;

/// <summary>
/// Our MatMulNBits for int4 weights in blocks of 32. Inputs: float32 activations [.., K], the weights and scales of MatMulNBits, and an
/// optional bias [N]; output float32 [.., N]. It wins twice over the built-in one: weights are used where the file is mapped, so nothing is
/// repacked or copied, and the kernels are faster.
/// </summary>
internal sealed unsafe class MatMulOperator() : CustomOperator(
    OpType,
    // Scales are float16 or float32.
    [new Port(OnnxElementType.Float32), new Port(OnnxElementType.UInt8), new Port(null), new Port(OnnxElementType.Float32, Optional: true)],
    [new Port(OnnxElementType.Float32)])
{
    /// <summary>Name of the operator.</summary>
    public const string OpType = "MatMulInt4";

    // More tasks than threads, so that a thread which is held up delays the others by a piece and not by its half.
    private const int TasksPerThread = 2;

    /// <inheritdoc/>
    public override Kernel CreateKernel(KernelInfo info) => new Product((int)info.Integer(CustomOperators.Threads));

    private struct Job
    {
        public Int4Matrix Weights;
        public QuantizedRows Rows;
        public float* Input;
        public float* Output;
        public float* Bias;
        public int Columns;
        public int Tasks;
    }

    private sealed class Product(int threads) : Kernel
    {
        /// <inheritdoc/>
        public override void Compute(KernelContext context)
        {
            var shape = context.Info(0).Shape;
            var columns = (int)shape[^1];
            var matrix = new Int4Matrix(
                (byte*)context.Input(1), context.Input(2), context.Info(2).Type == OnnxElementType.Float16,
                (int)context.Info(1).Shape[0], columns / Int4Matrix.BlockSize);
            long rows = 1;
            foreach (var dimension in shape.AsSpan(0, shape.Length - 1)) rows *= dimension;
            shape[^1] = matrix.Rows;
            var output = (float*)context.Output(0, shape);
            if (rows == 0) return;

            var job = new Job
            {
                Weights = matrix,
                Rows = new QuantizedRows((int)rows, columns),
                Input = (float*)context.Input(0),
                Output = output,
                Bias = (float*)context.Input(3),
                Columns = columns,
            };
            if (rows < 2 * threads)
            {
                for (var row = 0; row < rows; row++) job.Rows.Quantize(row, job.Input + (long)row * columns, columns);
            }
            else
            {
                job.Tasks = threads;
                context.ParallelFor(&QuantizeTask, job.Tasks, &job);
            }
            job.Tasks = Math.Max(1, Math.Min(threads * TasksPerThread, matrix.Rows / (2 * Int4Kernel.PanelRows)));
            context.ParallelFor(&MultiplyTask, job.Tasks, &job);
            job.Rows.Dispose();
        }
    }

    [UnmanagedCallersOnly]
    private static void QuantizeTask(void* state, nuint task)
    {
        ref var job = ref *(Job*)state;
        int from = (int)((long)job.Rows.Rows * (long)task / job.Tasks), to = (int)((long)job.Rows.Rows * ((long)task + 1) / job.Tasks);
        for (var row = from; row < to; row++) job.Rows.Quantize(row, job.Input + (long)row * job.Columns, job.Columns);
    }

    [UnmanagedCallersOnly]
    private static void MultiplyTask(void* state, nuint task)
    {
        ref var job = ref *(Job*)state;
        // Whole panels to each task.
        long panels = (job.Weights.Rows + Int4Kernel.PanelRows - 1) / Int4Kernel.PanelRows;
        var from = (int)(panels * (long)task / job.Tasks) * Int4Kernel.PanelRows;
        var to = Math.Min((int)(panels * ((long)task + 1) / job.Tasks) * Int4Kernel.PanelRows, job.Weights.Rows);
        long stride = job.Weights.Rows;
        if (job.Rows.Rows <= Int4Kernel.MostFewRows) Int4Kernel.MultiplyFewRows(job.Weights, job.Rows, job.Output, stride, from, to);
        else Int4Kernel.MultiplyManyRows(job.Weights, job.Rows, job.Output, stride, from, to);
        if (job.Bias == null) return;
        for (var row = 0; row < job.Rows.Rows; row++)
        {
            var y = new Span<float>(job.Output + row * stride + from, to - from);
            var b = new ReadOnlySpan<float>(job.Bias + from, to - from);
            for (var i = 0; i < y.Length; i++) y[i] += b[i];
        }
    }
}
