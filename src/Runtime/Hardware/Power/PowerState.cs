namespace Runtime.Hardware.Power;

/// <summary>
/// How much the machine is spared, and since when. What comes next is a function of it, a reading and the time alone. It is spared more at once,
/// and less only one level at a time, after it has been well below the limit for a while: so it never goes to and fro. Immutable.
/// </summary>
/// <param name="Level">How much.</param>
/// <param name="Reason">Why, in words that follow "the machine"; null where it is not spared.</param>
/// <param name="Since">When the level was last reached, or asked for, on a clock that never jumps.</param>
public sealed record PowerState(PowerLevel Level, string? Reason, TimeSpan Since)
{
    /// <summary>How far below a limit it must be to count as below it: degrees, and percent of charge.</summary>
    public const double Margin = 5;

    /// <summary>How long it must be there before it is spared one level less.</summary>
    public static readonly TimeSpan Calm = TimeSpan.FromSeconds(60);

    /// <summary>The beginning.</summary>
    public static PowerState Normal { get; } = new(PowerLevel.Normal, null, TimeSpan.Zero);

    /// <summary>The share of their time that steps of models work; they rest in the other.</summary>
    public double Duty => Level switch { PowerLevel.Normal => 1, PowerLevel.Spare => 2.0 / 3, PowerLevel.Save => 0.5, _ => 0.25 };

    /// <summary>Threads that work on a step, of so many.</summary>
    public int Threads(int most) => Level switch { < PowerLevel.Save => most, PowerLevel.Save => Math.Max(1, most / 2), _ => 1 };

    /// <summary>True where what nobody waits for waits: heartbeats, and putting memories in order.</summary>
    public bool DefersBackground => Level >= PowerLevel.Spare;

    /// <summary>True where jobs wait that are due.</summary>
    public bool DefersJobs => Level >= PowerLevel.Save;

    /// <summary>True where models of this box are not asked, if their owner wants that.</summary>
    public bool AsksElsewhere => Level >= PowerLevel.Save;

    /// <summary>What comes next.</summary>
    /// <param name="reading">How the machine is.</param>
    /// <param name="limits">From where on it is spared.</param>
    /// <param name="now">The time, on the same clock.</param>
    public PowerState Next(PowerReading reading, PowerLimits limits, TimeSpan now)
    {
        var (wanted, reason) = Wanted(reading, limits, 0);
        if (wanted > Level) return new(wanted, reason, now);
        // Still asked for, or nearly: the time of calm begins anew.
        var (kept, why) = Wanted(reading, limits, Margin);
        if (kept >= Level) return Level == PowerLevel.Normal ? this : new(Level, why ?? Reason, now);
        return now - Since < Calm ? this : Level - 1 is PowerLevel.Normal ? new(PowerLevel.Normal, null, now) : new(Level - 1, why ?? Reason, now);
    }

    private static (PowerLevel Level, string? Reason) Wanted(PowerReading reading, PowerLimits limits, double margin)
    {
        var level = (Level: PowerLevel.Normal, Reason: (string?)null);
        if (reading.MilliCelsius / 1000.0 is { } celsius)
        {
            var heat = celsius + margin;
            Ask(heat >= limits.Critical ? PowerLevel.Least : heat >= limits.Hot ? PowerLevel.Save : heat >= limits.Warm ? PowerLevel.Spare : PowerLevel.Normal, FormattableString.Invariant($"is at {celsius:0} °C"));
        }
        if ((reading.Throttle & (ThrottleFlags.Throttled | ThrottleFlags.SoftLimit)) != 0) Ask(PowerLevel.Save, "is throttled by its firmware");
        if (reading.Throttle.HasFlag(ThrottleFlags.UnderVoltage)) Ask(PowerLevel.Spare, "gets too little voltage");
        if (reading.Throttle.HasFlag(ThrottleFlags.FrequencyCapped)) Ask(PowerLevel.Spare, "may not run at its full frequency");
        if (reading is { IsOnBattery: true, BatteryPercent: { } percent })
        {
            var charge = percent - margin;
            Ask(charge < limits.Battery / 6.0 ? PowerLevel.Least : charge < limits.Battery / 2.0 ? PowerLevel.Save : charge < limits.Battery ? PowerLevel.Spare : PowerLevel.Normal, FormattableString.Invariant($"has {percent} % of its battery left"));
        }
        return level;

        void Ask(PowerLevel asked, string why)
        {
            if (asked > level.Level) level = (asked, why);
        }
    }
}
