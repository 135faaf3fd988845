namespace Models.Onnx.Kernels;

/// <summary>A node's attributes (OrtKernelInfo), to be read while its kernel is made.</summary>
internal readonly struct KernelInfo(nint info)
{
    /// <summary>An integer attribute.</summary>
    /// <exception cref="OnnxRuntimeException">The node has none of that name.</exception>
    public long Integer(string name) => OrtApi.KernelInteger(info, name);

    /// <summary>A float attribute.</summary>
    /// <exception cref="OnnxRuntimeException">The node has none of that name.</exception>
    public float Float(string name) => OrtApi.KernelFloat(info, name);
}
