using Models.Onnx.Attention;

namespace Models.Budget;

/// <summary>What the owner asks for; null leaves it to the plan. Immutable.</summary>
public sealed record MemoryWishes
{
    /// <summary>Longest context, tokens. A plan may give less, never more.</summary>
    public int? ContextLength { get; init; }

    /// <summary>Most sequences at once. A plan may give less, never more.</summary>
    public int? Sequences { get; init; }

    /// <summary>How keys and values are kept; a plan keeps to it or refuses.</summary>
    public KvType? KvType { get; init; }

    /// <summary>Prompt tokens of one step. A plan may give less, never more.</summary>
    public int? PrefillChunk { get; init; }

    /// <summary>How long a model stays loaded after its last use.</summary>
    public TimeSpan? KeepAlive { get; init; }
}
