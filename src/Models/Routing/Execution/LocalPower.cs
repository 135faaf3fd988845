namespace Models.Routing.Execution;

/// <summary>What this machine gives to models of its own just now. Immutable.</summary>
/// <param name="Duty">The share of their time that they work, above 0 and up to 1.</param>
/// <param name="Spared">Why they are not asked, in words that follow "runs on a machine that"; null where they are.</param>
/// <param name="Watts">What the machine draws while they work; null where it does not tell.</param>
/// <param name="IsOnBattery">True where a battery feeds it alone.</param>
public sealed record LocalPower(double Duty, string? Spared = null, double? Watts = null, bool IsOnBattery = false)
{
    /// <summary>All it has.</summary>
    public static LocalPower Whole { get; } = new(1);
}
