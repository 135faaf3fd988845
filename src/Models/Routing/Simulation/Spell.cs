namespace Models.Routing.Simulation;

/// <summary>A while in which a target is somehow. Immutable.</summary>
/// <param name="Target">Its name; <c>*</c> for all that are elsewhere.</param>
/// <param name="From">From when, since the simulation began.</param>
/// <param name="To">Until when.</param>
/// <param name="Weather">How it is.</param>
public sealed record Spell(string Target, TimeSpan From, TimeSpan To, Weather Weather)
{
    /// <summary>What it charges is multiplied by this meanwhile.</summary>
    public int Price { get; init; } = 1;

    /// <summary>True where it holds for a target at a time.</summary>
    internal bool Holds(Target target, TimeSpan at) => at >= From && at < To && (Target == "*" ? !target.IsLocal : Target == target.Name);
}
