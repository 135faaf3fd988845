using System.Runtime.InteropServices;
using Models.Onnx.Kernels;

namespace Models.Onnx.Attention;

/// <summary>
/// Attention over keys and values that lie in blocks of ours, for the rows of several sequences at once. Inputs: query [1, rows, heads ×
/// size], or query, key and value side by side; key and value [1, rows, kv heads × size] where they are apart; the address of an
/// <see cref="AttentionBatch"/>; cosines and sines [positions, half] where dimensions are rotated; what is added to positions to find
/// their angles. Output [1, rows, heads × size].
/// </summary>
internal sealed unsafe class AttentionOperator() : CustomOperator(
    OpType,
    [
        new Port(OnnxElementType.Float32), new Port(OnnxElementType.Float32, Optional: true), new Port(OnnxElementType.Float32, Optional: true),
        new Port(OnnxElementType.Int64), new Port(OnnxElementType.Float32, Optional: true), new Port(OnnxElementType.Float32, Optional: true),
        new Port(OnnxElementType.Int64, Optional: true),
    ],
    [new Port(OnnxElementType.Float32)])
{
    /// <summary>Name of the operator.</summary>
    public const string OpType = "PagedAttention";

    /// <summary>Names of its attributes.</summary>
    public const string Layer = "layer", Heads = "num_heads", KvHeads = "kv_num_heads", Scale = "scale", Window = "window", Interleaved = "interleaved";

    /// <inheritdoc/>
    public override Kernel CreateKernel(KernelInfo info) => new Node(new AttentionShape
    {
        Layer = (int)info.Integer(Layer),
        Heads = (int)info.Integer(Heads),
        KvHeads = (int)info.Integer(KvHeads),
        Scale = info.Float(Scale),
        Window = (int)info.Integer(Window),
        Interleaved = info.Integer(Interleaved) != 0,
    });

    private sealed class Node(AttentionShape shape) : Kernel
    {
        /// <inheritdoc/>
        public override void Compute(KernelContext context)
        {
            var rows = context.Info(0).Shape[1];
            var batch = *(AttentionBatch**)context.Input(3);
            var size = batch->Layout.HeadSize;
            long queries = (long)shape.Heads * size, keys = (long)shape.KvHeads * size;
            var query = (float*)context.Input(0);
            var key = (float*)context.Input(1);
            var data = new AttentionData
            {
                Query = query,
                Key = key != null ? key : query + queries,
                Value = key != null ? (float*)context.Input(2) : query + queries + keys,
                QueryStride = key != null ? queries : queries + 2 * keys,
                KeyStride = key != null ? keys : queries + 2 * keys,
                Output = (float*)context.Output(0, 1, rows, queries),
                Cos = (float*)context.Input(4),
                Sin = (float*)context.Input(5),
            };
            if (data.Cos != null) data.RotaryHalf = (int)context.Info(4).Shape[1];
            if (context.Input(6) is var shift && shift != null) data.PositionShift = *(long*)shift;
            var job = new AttentionJob(shape.Scale == 0 ? shape with { Scale = 1 / MathF.Sqrt(size) } : shape, data, batch);
            if (job.StoreTasks > 0) context.ParallelFor(&Store, job.StoreTasks, &job);
            context.ParallelFor(&Attend, job.AttendTasks, &job);
        }
    }

    [UnmanagedCallersOnly]
    private static void Store(void* job, nuint task) => ((AttentionJob*)job)->Store((int)task);

    [UnmanagedCallersOnly]
    private static void Attend(void* job, nuint task) => ((AttentionJob*)job)->Attend((int)task);
}
