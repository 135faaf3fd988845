namespace Runtime.Questions;

/// <summary>Something its owner is asked. Immutable.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Items">What is asked.</param>
/// <param name="From">Who asks.</param>
/// <param name="CreatedAtMs">When, Unix milliseconds.</param>
/// <param name="ExpiresAtMs">When nobody waits any more, Unix milliseconds.</param>
public sealed record Question(string Id, IReadOnlyList<QuestionItem> Items, QuestionOrigin From, long CreatedAtMs, long ExpiresAtMs)
{
    /// <summary>What has become of it.</summary>
    public QuestionStatus Status { get; init; }

    /// <summary>The answers by the items' ids, or null.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>>? Answers { get; init; }

    /// <summary>Who answered, or null.</summary>
    public string? ResolvedBy { get; init; }
}
