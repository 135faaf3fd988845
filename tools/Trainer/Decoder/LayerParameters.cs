namespace Trainer.Decoder;

/// <summary>The parameters of one layer.</summary>
/// <param name="AttentionGain">RMSNorm before attention.</param>
/// <param name="Qkv">Queries, keys and values beside each other: [width, (heads + 2·kv heads)·head size].</param>
/// <param name="AttentionOut">[heads·head size, width].</param>
/// <param name="FeedGain">RMSNorm before the second part.</param>
/// <param name="GateUp">Gate and up beside each other: [width, 2·feed forward].</param>
/// <param name="Down">[feed forward, width].</param>
internal sealed record LayerParameters(Parameter AttentionGain, Parameter Qkv, Parameter AttentionOut, Parameter FeedGain, Parameter GateUp, Parameter Down)
{
    /// <summary>All of them, in the order they lie.</summary>
    public IReadOnlyList<Parameter> All => [AttentionGain, Qkv, AttentionOut, FeedGain, GateUp, Down];
}
