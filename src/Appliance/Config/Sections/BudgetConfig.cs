using Models.Routing.Spending;

namespace Appliance.Config.Sections;

/// <summary>Section <c>router.budget</c>: dollars that may be spent; every limit that a call falls under must hold. Immutable.</summary>
internal sealed record BudgetConfig(
    [property: Setting("All together.", Hot = true)]
    LimitsConfig? All = null,
    [property: Setting("Each person that has no entry of its own.", Hot = true)]
    LimitsConfig? EachPerson = null,
    [property: Setting("Each agent that has no entry of its own.", Hot = true)]
    LimitsConfig? EachAgent = null,
    [property: Setting("People by their ids.", Hot = true)]
    IReadOnlyDictionary<string, LimitsConfig>? People = null,
    [property: Setting("Agents by their ids.", Hot = true)]
    IReadOnlyDictionary<string, LimitsConfig>? Agents = null)
{
    // What somebody who set none may spend in 31 days, dollars: enough to try, too little to ruin.
    private const double Unset = 5;

    /// <summary>As the ledger takes it.</summary>
    public static BudgetRules Rules(BudgetConfig? config) => config is null ? new() { Everyone = new LimitsConfig(Month: Unset).ToLimits() } : new()
    {
        Everyone = config.All?.ToLimits() ?? SpendingLimits.None,
        EachPerson = config.EachPerson?.ToLimits() ?? SpendingLimits.None,
        EachAgent = config.EachAgent?.ToLimits() ?? SpendingLimits.None,
        People = Each(config.People),
        Agents = Each(config.Agents),
    };

    private static Dictionary<string, SpendingLimits> Each(IReadOnlyDictionary<string, LimitsConfig>? limits) =>
        (limits ?? new Dictionary<string, LimitsConfig>()).ToDictionary(l => l.Key, l => l.Value.ToLimits(), StringComparer.Ordinal);
}
