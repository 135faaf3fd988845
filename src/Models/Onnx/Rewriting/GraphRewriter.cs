using Models.Onnx.Kernels;

namespace Models.Onnx.Rewriting;

/// <summary>
/// Changes a graph on its way from the file to ONNX Runtime, pass by pass, so that our operators do what they do better. The file stays a
/// standard one.
/// </summary>
internal static class GraphRewriter
{
    /// <summary>The changed graph, or null where there is nothing to change.</summary>
    /// <param name="model">The model file.</param>
    /// <param name="threads">Threads that the session will have.</param>
    /// <param name="packed">Takes the int4 weights that can be packed; null leaves all of them in the mapped file.</param>
    /// <exception cref="OnnxRuntimeException">The bytes are not a model.</exception>
    public static byte[]? UseOurOperators(byte[] model, int threads, PackedWeights? packed)
    {
        try
        {
            var graph = new RewriteGraph(model);
            if (packed is not null && PanelKernel.IsSupported) PackedProducts.Apply(graph, packed, threads);
            if (Int4Kernel.IsSupported) Int4Products.Apply(graph, threads);
            return graph.Changed ? graph.Write() : null;
        }
        catch (FormatException e)
        {
            throw new OnnxRuntimeException($"The model's graph file is damaged: {e.Message}. Run `appliance models verify`.", e);
        }
    }
}
