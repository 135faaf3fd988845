namespace Runtime.Memory.Distilling;

/// <summary>What came of it.</summary>
/// <param name="Days">Days that were distilled.</param>
/// <param name="Tokens">Tokens read and written.</param>
public sealed record Distillation(int Days, long Tokens);
