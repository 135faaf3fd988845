namespace Runtime.Hardware.Board;

/// <summary>What of this machine's hardware has a name, and so can be used at all. Immutable.</summary>
public sealed record HardwareSettings
{
    /// <summary>Nothing.</summary>
    public static HardwareSettings None { get; } = new();

    /// <summary>The pins; no two of one name.</summary>
    public IReadOnlyList<PinSettings> Pins { get; init; } = [];

    /// <summary>The sensors; no two of one name.</summary>
    public IReadOnlyList<SensorSettings> Sensors { get; init; } = [];

    /// <summary>The chips and ports that bytes go to; no two of one name.</summary>
    public IReadOnlyList<BusSettings> Buses { get; init; } = [];

    /// <summary>The cameras; no two of one name.</summary>
    public IReadOnlyList<CameraSettings> Cameras { get; init; } = [];
}
