namespace Models.Onnx.Kernels;

/// <summary>An operator of ours: what ONNX Runtime must know of it, and how to make one for a node. Immutable, one a process.</summary>
/// <param name="name">Name of the operator in <see cref="CustomOperators.Domain"/>.</param>
/// <param name="inputs">Its inputs, in order.</param>
/// <param name="outputs">Its outputs, in order.</param>
internal abstract class CustomOperator(string name, CustomOperator.Port[] inputs, CustomOperator.Port[] outputs)
{
    /// <summary>An input or output.</summary>
    /// <param name="Type">Element type, or null where any will do.</param>
    /// <param name="Optional">Whether a node may leave it out.</param>
    internal readonly record struct Port(OnnxElementType? Type, bool Optional = false);

    /// <summary>Name of the operator.</summary>
    public string Name { get; } = name;

    /// <summary>Inputs, in order.</summary>
    public IReadOnlyList<Port> Inputs { get; } = inputs;

    /// <summary>Outputs, in order.</summary>
    public IReadOnlyList<Port> Outputs { get; } = outputs;

    /// <summary>The state of one node of one session: made when the session loads, disposed of with it.</summary>
    public abstract Kernel CreateKernel(KernelInfo info);

    /// <summary>One node of one session. Runs of one session may overlap.</summary>
    internal abstract class Kernel : IDisposable
    {
        /// <summary>Computes the outputs.</summary>
        public abstract void Compute(KernelContext context);

        /// <summary>Frees what the node holds.</summary>
        public virtual void Dispose() { }
    }
}
