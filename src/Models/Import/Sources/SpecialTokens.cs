namespace Models.Import.Sources;

/// <summary>Token ids genai_config.json names.</summary>
/// <param name="Begin">Begins a sequence, or null.</param>
/// <param name="End">Any of them ends an answer.</param>
/// <param name="Pad">Padding, or null.</param>
internal sealed record SpecialTokens(int? Begin, IReadOnlyList<int> End, int? Pad);
