namespace Trainer.Decoder;

/// <summary>Where each parameter of a decoder lies. Weights, gradients and the optimiser's moments are blocks of the same layout.</summary>
internal sealed class ParameterTable
{
    private readonly List<Parameter> _all = [];

    /// <summary>Lays a decoder's parameters out.</summary>
    public ParameterTable(DecoderShape shape)
    {
        Embedding = Add("embedding", shape.Vocabulary, shape.Width, ParameterKind.Embedding);
        Layers = [.. Enumerable.Range(0, shape.Layers).Select(i => new LayerParameters(
            Add($"layer{i}.attention_gain", 1, shape.Width, ParameterKind.Gain),
            Add($"layer{i}.qkv", shape.Width, shape.QkvWidth, ParameterKind.Matrix),
            Add($"layer{i}.attention_out", shape.AttentionWidth, shape.Width, ParameterKind.Residual),
            Add($"layer{i}.feed_gain", 1, shape.Width, ParameterKind.Gain),
            Add($"layer{i}.gate_up", shape.Width, 2 * shape.FeedForward, ParameterKind.Matrix),
            Add($"layer{i}.down", shape.FeedForward, shape.Width, ParameterKind.Residual)))];
        FinalGain = Add("final_gain", 1, shape.Width, ParameterKind.Gain);
    }

    /// <summary>All of them in the order they lie.</summary>
    public IReadOnlyList<Parameter> All => _all;

    /// <summary>How many numbers there are in all.</summary>
    public long Length { get; private set; }

    /// <summary>The tokens' vectors: [vocabulary, width].</summary>
    public Parameter Embedding { get; }

    /// <summary>The layers, first to last.</summary>
    public IReadOnlyList<LayerParameters> Layers { get; }

    /// <summary>The gain before the logits.</summary>
    public Parameter FinalGain { get; }

    private Parameter Add(string name, int rows, int columns, ParameterKind kind)
    {
        var parameter = new Parameter(name, rows, columns, Length, kind);
        _all.Add(parameter);
        // Every one begins on a cache line's boundary.
        Length += (parameter.Length + 15) / 16 * 16;
        return parameter;
    }
}
