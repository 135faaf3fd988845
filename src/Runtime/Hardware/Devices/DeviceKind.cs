namespace Runtime.Hardware.Devices;

/// <summary>What an address leads to.</summary>
public enum DeviceKind
{
    /// <summary>Something that is on, off or between.</summary>
    Pin,

    /// <summary>Something that measures.</summary>
    Sensor,

    /// <summary>A chip or a port that takes and gives bytes.</summary>
    Bus,

    /// <summary>Something that takes pictures.</summary>
    Camera,
}
