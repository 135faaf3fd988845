namespace Models.Routing.Spending;

/// <summary>Who may spend how much. Every limit that a call falls under must hold. Immutable.</summary>
public sealed record BudgetRules
{
    /// <summary>All together.</summary>
    public SpendingLimits Everyone { get; init; } = SpendingLimits.None;

    /// <summary>Each person for whom <see cref="People"/> says nothing. The owner is none of them.</summary>
    public SpendingLimits EachPerson { get; init; } = SpendingLimits.None;

    /// <summary>Each agent for which <see cref="Agents"/> says nothing.</summary>
    public SpendingLimits EachAgent { get; init; } = SpendingLimits.None;

    /// <summary>People by their ids.</summary>
    public IReadOnlyDictionary<string, SpendingLimits> People { get; init; } = new Dictionary<string, SpendingLimits>();

    /// <summary>Agents by their ids.</summary>
    public IReadOnlyDictionary<string, SpendingLimits> Agents { get; init; } = new Dictionary<string, SpendingLimits>();
}
