namespace Models.Generation;

/// <summary>A model in memory.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Bytes">Memory its plan gives it.</param>
/// <param name="ExpiresAt">When it is unloaded unless it is used before; null for never.</param>
public sealed record LoadedModel(string Name, long Bytes, DateTimeOffset? ExpiresAt);
