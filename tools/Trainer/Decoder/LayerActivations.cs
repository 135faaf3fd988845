using Trainer.Numerics;

namespace Trainer.Decoder;

/// <summary>What the way forward through a layer leaves for the way back; the rest is computed again.</summary>
internal sealed class LayerActivations(DecoderShape shape, int room) : IDisposable
{
    /// <summary>The stream before it: [tokens, width].</summary>
    public FloatBlock Input { get; } = new((long)room * shape.Width);

    /// <summary>Queries and keys, turned by their positions, and values: [tokens, qkv width].</summary>
    public FloatBlock Qkv { get; } = new((long)room * shape.QkvWidth);

    /// <summary>Logarithms of the sums of attention's powers: [tokens, heads].</summary>
    public FloatBlock LogSums { get; } = new((long)room * shape.Heads);

    /// <summary>What attention gives: [tokens, heads·head size].</summary>
    public FloatBlock Attended { get; } = new((long)room * shape.AttentionWidth);

    /// <summary>The stream between its two parts: [tokens, width].</summary>
    public FloatBlock Middle { get; } = new((long)room * shape.Width);

    /// <summary>Gate and up: [tokens, 2·feed forward].</summary>
    public FloatBlock GateUp { get; } = new((long)room * 2 * shape.FeedForward);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var block in (FloatBlock[])[Input, Qkv, LogSums, Attended, Middle, GateUp]) block.Dispose();
    }
}
