namespace Models.Routing;

/// <summary>A target that may answer, and what is expected of it. Immutable.</summary>
/// <param name="Name">Who.</param>
/// <param name="Score">The lower the better, among those of the same place.</param>
/// <param name="FirstToken">Seconds until the first token.</param>
/// <param name="Seconds">Seconds until the last one.</param>
/// <param name="Cost">Millionths of a dollar the answer will cost, about.</param>
/// <param name="MostCost">Millionths of a dollar it can cost at most.</param>
public sealed record RankedTarget(string Name, double Score, double FirstToken, double Seconds, long Cost, long MostCost)
{
    /// <summary>Joules this machine will draw for the answer, about; 0 where that is not known or it answers elsewhere.</summary>
    public double Joules { get; init; }
}
