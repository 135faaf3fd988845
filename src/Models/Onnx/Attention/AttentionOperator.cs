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
            var batch = *(AttentionBatch**)context.Input(3);
            var size = batch->Layout.HeadSize;
            long queries = (long)shape.Heads * size, keys = (long)shape.KvHeads * size;
            var query = (float*)context.Input(0);
            var key = (float*)context.Input(1);
            var rows = Check(context, batch, queries, keys, isPacked: key == null);
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
            if (context.Input(6) is var shift && shift != null) data.PositionShift = *(long*)shift;
            if (data.Cos != null) data.RotaryHalf = CheckTables(context, batch, data.PositionShift);
            var job = new AttentionJob(shape.Scale == 0 ? shape with { Scale = 1 / MathF.Sqrt(size) } : shape, data, batch);
            if (job.StoreTasks > 0) context.ParallelFor(&Store, job.StoreTasks, &job);
            context.ParallelFor(&Attend, job.AttendTasks, &job);
        }

        // The graph and the configuration come from files: where they do not fit together nothing may be read or written.
        private long Check(KernelContext context, AttentionBatch* batch, long queries, long keys, bool isPacked)
        {
            var (layout, query) = (batch->Layout, context.Info(0).Shape);
            var isRight = query.Length == 3 && query[0] == 1 && query[2] == (isPacked ? queries + 2 * keys : queries)
                && shape.KvHeads == layout.Heads && shape.Heads % shape.KvHeads == 0 && (uint)shape.Layer < (uint)layout.Layers
                && (isPacked || (IsOf(context.Info(1).Shape) && IsOf(context.Info(2).Shape)));
            var last = batch->Sequences[batch->Count - 1];
            if (!isRight || query[1] != last.FirstRow + last.Rows)
                throw new OnnxRuntimeException($"The graph's attention in layer {shape.Layer} does not fit the heads that the model's configuration states.");
            return query[1];

            bool IsOf(long[] other) => other.Length == 3 && other[1] == query[1] && other[2] == keys;
        }

        private static int CheckTables(KernelContext context, AttentionBatch* batch, long shift)
        {
            long[] cos = context.Info(4).Shape, sin = context.Info(5).Shape;
            long positions = 0;
            for (var i = 0; i < batch->Count; i++) positions = Math.Max(positions, (long)batch->Sequences[i].Past + batch->Sequences[i].Rows);
            if (cos.Length != 2 || !cos.SequenceEqual(sin) || 2 * cos[1] > batch->Layout.HeadSize || shift < 0 || positions + shift > cos[0])
                throw new OnnxRuntimeException("The graph's rotation tables do not fit its heads or its context.");
            return (int)cos[1];
        }
    }

    [UnmanagedCallersOnly]
    private static void Store(void* job, nuint task) => ((AttentionJob*)job)->Store((int)task);

    [UnmanagedCallersOnly]
    private static void Attend(void* job, nuint task) => ((AttentionJob*)job)->Attend((int)task);
}
