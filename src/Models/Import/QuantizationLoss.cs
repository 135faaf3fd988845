namespace Models.Import;

/// <summary>What requantizing cost.</summary>
/// <param name="From">Source kind, such as Q4_K.</param>
/// <param name="To">Stored kind, such as int4.</param>
/// <param name="Tensors">How many tensors.</param>
/// <param name="RelativeError">sqrt(Σ(a−b)² / Σa²) over all their weights.</param>
public sealed record QuantizationLoss(string From, string To, int Tensors, double RelativeError);
