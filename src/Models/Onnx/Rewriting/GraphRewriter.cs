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
    /// <param name="settings">What the session will be.</param>
    /// <param name="packed">Takes the int4 weights that can be packed; null leaves all of them in the mapped file.</param>
    /// <exception cref="OnnxRuntimeException">The bytes are not a model, or a decoder of a kind that is not supported.</exception>
    public static byte[]? UseOurOperators(byte[] model, OrtSessionSettings settings, PackedWeights? packed)
    {
        try
        {
            var graph = new RewriteGraph(model);
            if (settings.Decoder is { } decoder) PagedAttention.Apply(graph, decoder.Ids, decoder.Logits, decoder.Positions, decoder.Mask);
            if (packed is not null && PanelKernel.IsSupported) PackedProducts.Apply(graph, packed, settings.Threads);
            if (Int4Kernel.IsSupported) Int4Products.Apply(graph, settings.Threads);
            return graph.Changed ? graph.Write() : null;
        }
        catch (FormatException e)
        {
            throw new OnnxRuntimeException($"The model's graph file is damaged: {e.Message}. Run `appliance models verify`.", e);
        }
    }
}
