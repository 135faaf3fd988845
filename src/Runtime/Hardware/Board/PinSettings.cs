using Runtime.Hardware.Devices;

namespace Runtime.Hardware.Board;

/// <summary>A pin that has a name, and what it may be used for. Immutable.</summary>
/// <param name="Name">As people and models call it.</param>
/// <param name="At">Where it is.</param>
public sealed record PinSettings(string Name, DeviceAddress At) : DeviceSettings(Name, At)
{
    /// <summary>True where it is driven, false where it is listened to.</summary>
    public bool IsOutput { get; init; }

    /// <summary>True where low is on.</summary>
    public bool IsActiveLow { get; init; }

    /// <summary>The resistor inside the chip.</summary>
    public PinBias Bias { get; init; }

    /// <summary>How long a line must be still before it counts as changed.</summary>
    public TimeSpan Debounce { get; init; }

    /// <summary>Of a pin that dims, hertz.</summary>
    public int Frequency { get; init; } = 1000;

    /// <summary>What it is set to when it is opened, percent; null for <see cref="Safe"/>.</summary>
    public int? Start { get; init; }

    /// <summary>What it is set to when the box ends, percent; null to leave it.</summary>
    public int? Safe { get; init; }

    /// <summary>How long it may be anything but off: then it goes off by itself. Null for as long as it is told.</summary>
    public TimeSpan? LongestOn { get; init; }
}
