using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Models.Onnx.Kernels;

/// <summary>
/// Our MatMulNBits for int4 weights in blocks of 32, registered with ONNX Runtime as a custom operator (<c>struct OrtCustomOp</c>). Inputs:
/// float32 activations [.., K], the weights and scales of MatMulNBits, and an optional bias [N]; output float32 [.., N]. It wins twice
/// over the built-in one: weights are used where the file is mapped, so nothing is repacked or copied, and the kernels are faster.
/// </summary>
internal static unsafe class MatMulOperator
{
    /// <summary>Domain of the operator.</summary>
    public const string Domain = "appliance";

    /// <summary>Name of the operator.</summary>
    public const string Name = "MatMulInt4";

    // More tasks than threads, so that a thread which is held up delays the others by a piece and not by its half.
    private const int TasksPerThread = 2;

    private static readonly Lazy<nint> Registered = new(Register);
    private static int _threads = 1;

    /// <summary>Makes the operator known to sessions created with these options.</summary>
    public static void AddTo(OrtSessionOptions options, int threads)
    {
        _threads = threads;
        OrtApi.AddCustomOpDomain(options.Pointer, Registered.Value);
    }

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

    private static void Compute(nint context)
    {
        var input = OrtApi.KernelInput(context, 0);
        var weights = OrtApi.KernelInput(context, 1);
        var scales = OrtApi.KernelInput(context, 2);
        var bias = OrtApi.KernelInput(context, 3);
        var shape = OrtApi.TensorInfo(input).Shape;
        var packed = OrtApi.TensorInfo(weights).Shape;
        var columns = (int)shape[^1];
        var matrix = new Int4Matrix(
            (byte*)OrtApi.TensorData(weights), OrtApi.TensorData(scales), OrtApi.TensorInfo(scales).Type == OnnxElementType.Float16,
            (int)packed[0], columns / Int4Matrix.BlockSize);
        long rows = 1;
        foreach (var dimension in shape.AsSpan(0, shape.Length - 1)) rows *= dimension;
        shape[^1] = matrix.Rows;
        var output = OrtApi.KernelOutput(context, 0, shape);
        if (rows == 0) return;

        var job = new Job
        {
            Weights = matrix,
            Rows = new QuantizedRows((int)rows, columns),
            Input = (float*)OrtApi.TensorData(input),
            Output = (float*)OrtApi.TensorData(output),
            Bias = bias == 0 ? null : (float*)OrtApi.TensorData(bias),
            Columns = columns,
        };
        if (rows < 2 * _threads)
        {
            for (var row = 0; row < rows; row++) job.Rows.Quantize(row, job.Input + (long)row * columns, columns);
        }
        else
        {
            job.Tasks = _threads;
            OrtApi.ParallelFor(context, &QuantizeTask, job.Tasks, &job);
        }
        job.Tasks = Math.Max(1, Math.Min(_threads * TasksPerThread, matrix.Rows / (2 * Int4Kernel.PanelRows)));
        OrtApi.ParallelFor(context, &MultiplyTask, job.Tasks, &job);
        job.Rows.Dispose();
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

    // --- struct OrtCustomOp, filled once and never freed: ONNX Runtime keeps the pointer. ---------------------------------------------

    [StructLayout(LayoutKind.Sequential)]
    private struct CustomOp
    {
        public uint Version;
        public delegate* unmanaged<CustomOp*, nint, nint, nint> CreateKernel;
        public delegate* unmanaged<CustomOp*, byte*> GetName;
        public delegate* unmanaged<CustomOp*, byte*> GetExecutionProviderType;
        public delegate* unmanaged<CustomOp*, nuint, int> GetInputType;
        public delegate* unmanaged<CustomOp*, nuint> GetInputTypeCount;
        public delegate* unmanaged<CustomOp*, nuint, int> GetOutputType;
        public delegate* unmanaged<CustomOp*, nuint> GetOutputTypeCount;
        public delegate* unmanaged<nint, nint, void> KernelCompute;
        public delegate* unmanaged<nint, void> KernelDestroy;
        public delegate* unmanaged<CustomOp*, nuint, int> GetInputCharacteristic;
        public delegate* unmanaged<CustomOp*, nuint, int> GetOutputCharacteristic;
        public delegate* unmanaged<CustomOp*, nuint, int> GetInputMemoryType;
        public delegate* unmanaged<CustomOp*, int> GetVariadicInputMinArity;
        public delegate* unmanaged<CustomOp*, int> GetVariadicInputHomogeneity;
        public delegate* unmanaged<CustomOp*, int> GetVariadicOutputMinArity;
        public delegate* unmanaged<CustomOp*, int> GetVariadicOutputHomogeneity;
        public nint CreateKernelV2;
        public nint KernelComputeV2;
        public nint InferOutputShape;
        public nint GetStartVersion;
        public nint GetEndVersion;
        public nint GetMayInplace;
        public nint ReleaseMayInplace;
        public nint GetAliasMap;
        public nint ReleaseAliasMap;
    }

    private static nint Register()
    {
        var op = (CustomOp*)NativeMemory.AllocZeroed((nuint)sizeof(CustomOp));
        op->Version = OrtApi.Version;
        op->CreateKernel = &CreateKernel;
        op->GetName = &GetName;
        op->GetExecutionProviderType = &GetExecutionProviderType;
        op->GetInputType = &GetInputType;
        op->GetInputTypeCount = &GetInputTypeCount;
        op->GetOutputType = &GetOutputType;
        op->GetOutputTypeCount = &GetOutputTypeCount;
        op->KernelCompute = &KernelCompute;
        op->KernelDestroy = &KernelDestroy;
        op->GetInputCharacteristic = &GetInputCharacteristic;
        op->GetOutputCharacteristic = &Zero;
        op->GetInputMemoryType = &Zero;
        op->GetVariadicInputMinArity = &One;
        op->GetVariadicInputHomogeneity = &One;
        op->GetVariadicOutputMinArity = &One;
        op->GetVariadicOutputHomogeneity = &One;
        return OrtApi.CreateCustomOpDomain(Domain, (nint)op);
    }

    // The operator keeps no state: everything is in its inputs. ONNX Runtime only asks for something that is not null.
    [UnmanagedCallersOnly]
    private static nint CreateKernel(CustomOp* op, nint api, nint info) => (nint)op;

    [UnmanagedCallersOnly]
    private static void KernelDestroy(nint kernel) { }

    [UnmanagedCallersOnly]
    private static void KernelCompute(nint kernel, nint context)
    {
        try
        {
            Compute(context);
        }
        catch (Exception e)
        {
            // This form of the call has no way to report an error, and only a bug or lost memory can get here.
            Environment.FailFast($"{Name} failed: {e.Message}", e);
        }
    }

    [UnmanagedCallersOnly]
    private static byte* GetName(CustomOp* op) => (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference("MatMulInt4\0"u8));

    [UnmanagedCallersOnly]
    private static byte* GetExecutionProviderType(CustomOp* op) =>
        (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference("CPUExecutionProvider\0"u8));

    // 0 leaves the type open: scales are float16 or float32.
    [UnmanagedCallersOnly]
    private static int GetInputType(CustomOp* op, nuint index) => index switch
    {
        1 => (int)OnnxElementType.UInt8,
        2 => 0,
        _ => (int)OnnxElementType.Float32,
    };

    [UnmanagedCallersOnly]
    private static nuint GetInputTypeCount(CustomOp* op) => 4;

    [UnmanagedCallersOnly]
    private static int GetOutputType(CustomOp* op, nuint index) => (int)OnnxElementType.Float32;

    [UnmanagedCallersOnly]
    private static nuint GetOutputTypeCount(CustomOp* op) => 1;

    // INPUT_OUTPUT_REQUIRED = 0, INPUT_OUTPUT_OPTIONAL = 1.
    [UnmanagedCallersOnly]
    private static int GetInputCharacteristic(CustomOp* op, nuint index) => index == 3 ? 1 : 0;

    [UnmanagedCallersOnly]
    private static int Zero(CustomOp* op, nuint index) => 0;

    [UnmanagedCallersOnly]
    private static int One(CustomOp* op) => 1;
}
