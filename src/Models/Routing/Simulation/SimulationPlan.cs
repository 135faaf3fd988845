using Models.Routing.Spending;

namespace Models.Routing.Simulation;

/// <summary>What is tried in a simulation. Immutable.</summary>
/// <param name="Targets">Who there is; each is as quick as it is taken to be before it has answered.</param>
/// <param name="Policy">What the owner wants.</param>
/// <param name="Budget">What may be spent.</param>
/// <param name="Turns">What is asked, in the order of time.</param>
/// <param name="Spells">What happens meanwhile.</param>
public sealed record SimulationPlan(IReadOnlyList<Target> Targets, RoutingPolicy Policy, BudgetRules Budget, IReadOnlyList<SimulatedTurn> Turns, IReadOnlyList<Spell> Spells)
{
    /// <summary>True where nothing may leave this machine.</summary>
    public bool IsOffline { get; init; }

    /// <summary>What chance there is comes from it.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Tokens of a turn's prompt as a target counts them.</summary>
    internal int TokensOf(int turn, Target target) => Turns[turn].Tokens.TryGetValue(target.Name, out var tokens) ? tokens : Turns[turn].Turn.Tokens;

    /// <summary>By how much what a target charges is multiplied at a time.</summary>
    internal int PriceOf(Target target, TimeSpan at)
    {
        var price = 1;
        foreach (var spell in Spells)
            if (spell.Holds(target, at)) price *= spell.Price;
        return price;
    }

    /// <summary>How a target is at a time.</summary>
    internal Weather WeatherOf(Target target, TimeSpan at)
    {
        foreach (var spell in Spells)
            if (spell.Weather != Weather.Fine && spell.Holds(target, at)) return spell.Weather;
        return Weather.Fine;
    }
}
