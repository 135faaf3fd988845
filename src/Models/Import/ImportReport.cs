using Models.Store;

namespace Models.Import;

/// <summary>What an import made.</summary>
/// <param name="Architecture">llama, qwen2, qwen3, phi3, a GenAI folder's own type, or an encoder's model_type.</param>
/// <param name="Parameters">Number of weights.</param>
/// <param name="Quantization">What the weights became: none, int8, int4, int4+int8.</param>
/// <param name="ContextLength">Longest context, tokens.</param>
/// <param name="License">Licence as the source states it, or null.</param>
/// <param name="Losses">Per requantized source kind, the relative root-mean-square error it cost; empty when nothing was lost.</param>
public sealed record ImportReport(
    string Architecture, long Parameters, string Quantization, int ContextLength, string? License, IReadOnlyList<QuantizationLoss> Losses)
{
    /// <summary>What the model is for.</summary>
    public ModelKind Kind { get; init; }
}
