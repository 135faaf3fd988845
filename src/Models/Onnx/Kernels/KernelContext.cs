namespace Models.Onnx.Kernels;

/// <summary>One call of a kernel (OrtKernelContext): its inputs, outputs and threads.</summary>
internal readonly unsafe struct KernelContext(nint context)
{
    /// <summary>Type and shape of an input that is there.</summary>
    public OrtTensorInfo Info(int input) => OrtApi.TensorInfo(OrtApi.KernelInput(context, input));

    /// <summary>Elements of an input, or null where an optional one is absent.</summary>
    public void* Input(int input) => OrtApi.KernelInput(context, input) is var value and not 0 ? OrtApi.TensorData(value) : null;

    /// <summary>Elements of an output of that shape, which ONNX Runtime allocates.</summary>
    public void* Output(int output, params ReadOnlySpan<long> shape) => OrtApi.TensorData(OrtApi.KernelOutput(context, output, shape));

    /// <summary>Calls <paramref name="work"/> with 0 … <paramref name="count"/> − 1 on the session's threads, the caller's among them.</summary>
    public void ParallelFor(delegate* unmanaged<void*, nuint, void> work, int count, void* state) => OrtApi.ParallelFor(context, work, count, state);
}
