using Models.Routing.Spending;

namespace Models.Routing.Simulation;

/// <summary>What is tried in a simulation. Immutable.</summary>
/// <param name="Targets">Who there is, and how quick each is.</param>
/// <param name="Policy">What the owner wants.</param>
/// <param name="Budget">What may be spent.</param>
/// <param name="Turns">What is asked, in the order of time.</param>
/// <param name="Spells">What happens meanwhile.</param>
public sealed record SimulationPlan(IReadOnlyList<(Target Target, TargetSpeed Speed)> Targets, RoutingPolicy Policy, BudgetRules Budget, IReadOnlyList<SimulatedTurn> Turns, IReadOnlyList<Spell> Spells)
{
    /// <summary>True where nothing may leave this machine.</summary>
    public bool IsOffline { get; init; }

    /// <summary>What chance there is comes from it.</summary>
    public int Seed { get; init; } = 1;
}
