namespace Runtime.Hardware.Power;

/// <summary>How warm the machine is, what holds it back and what it runs on, at one moment. What a board does not tell is null. Immutable.</summary>
/// <param name="MilliCelsius">The hottest zone of the processor or the board.</param>
/// <param name="Throttle">What holds it back now.</param>
/// <param name="FrequencyKhz">The frequency of the slowest group of processors.</param>
/// <param name="MostFrequencyKhz">What that group could do at most.</param>
/// <param name="BatteryPercent">Charge of the emptiest battery that feeds the machine.</param>
/// <param name="IsOnBattery">True where the battery feeds it alone.</param>
public sealed record PowerReading(long? MilliCelsius, ThrottleFlags Throttle, long? FrequencyKhz, long? MostFrequencyKhz, int? BatteryPercent, bool IsOnBattery)
{
    /// <summary>A machine that tells nothing.</summary>
    public static PowerReading Nothing { get; } = new(null, ThrottleFlags.None, null, null, null, false);

    /// <summary>True where there is anything to govern by.</summary>
    public bool IsTold => MilliCelsius is not null || BatteryPercent is not null || Throttle != ThrottleFlags.None || HasFlags;

    /// <summary>True where the board has a place that would tell what holds it back.</summary>
    public bool HasFlags { get; init; }
}
