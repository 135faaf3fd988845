namespace Runtime.Hardware.Power;

/// <summary>What holds a board back just now. A Raspberry Pi's firmware tells it bit by bit (<c>get_throttled</c>); other boards tell less.</summary>
[Flags]
public enum ThrottleFlags
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>The supply gives too little voltage.</summary>
    UnderVoltage = 1,

    /// <summary>The processor's frequency is capped.</summary>
    FrequencyCapped = 2,

    /// <summary>The processor is slowed down.</summary>
    Throttled = 4,

    /// <summary>The soft limit of the temperature is reached.</summary>
    SoftLimit = 8,
}
