namespace Models.Generation;

/// <summary>A model in memory.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Bytes">Memory its plan gives it.</param>
/// <param name="ExpiresAt">When it is unloaded unless it is used before; null for never.</param>
public sealed record LoadedModel(string Name, long Bytes, DateTimeOffset? ExpiresAt)
{
    /// <summary>Memory that keys and values have now.</summary>
    public long KvBytes { get; init; }

    /// <summary>Of that, what no generation uses: it is kept for prompts to come.</summary>
    public long RetainedBytes { get; init; }

    /// <summary>Generations that run.</summary>
    public int Running { get; init; }

    /// <summary>Generations that wait.</summary>
    public int Waiting { get; init; }
}
