using Models.Routing.Spending;

namespace Appliance.Config.Sections;

/// <summary>Dollars that may be spent in any hour, 24 hours and 31 days. Immutable.</summary>
internal sealed record LimitsConfig(
    [property: Setting("In any hour.", Hot = true, Least = 0, Most = 1_000_000)]
    double? Hour = null,
    [property: Setting("In any 24 hours.", Hot = true, Least = 0, Most = 1_000_000)]
    double? Day = null,
    [property: Setting("In any 31 days.", Hot = true, Least = 0, Most = 1_000_000)]
    double? Month = null)
{
    /// <summary>As the ledger takes it; a fraction of a millionth is not spent.</summary>
    public SpendingLimits ToLimits() => new(Micros(Hour), Micros(Day), Micros(Month));

    private static long? Micros(double? dollars) => dollars is { } some ? (long)Math.Floor(some * 1_000_000) : null;
}
