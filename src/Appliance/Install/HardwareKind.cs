namespace Appliance.Install;

/// <summary>Hardware that the service may be let to. Everything else is not even visible to it.</summary>
/// <param name="Name">What a person calls it.</param>
/// <param name="Settings">The lines of the unit (systemd.resource-control(5), systemd.exec(5)).</param>
internal sealed record HardwareKind(string Name, IReadOnlyList<string> Settings)
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<HardwareKind> All { get; } =
    [
        new("gpio", ["DeviceAllow=char-gpiochip rw", "SupplementaryGroups=gpio"]),
        new("i2c", ["DeviceAllow=char-i2c rw", "SupplementaryGroups=i2c"]),
        new("spi", ["DeviceAllow=char-spi rw", "SupplementaryGroups=spi"]),
        new("serial", ["DeviceAllow=char-ttyS rw", "DeviceAllow=char-ttyAMA rw", "DeviceAllow=char-ttyUSB rw", "DeviceAllow=char-ttyACM rw", "SupplementaryGroups=dialout"]),
        new("camera", ["DeviceAllow=char-video4linux rw", "SupplementaryGroups=video"]),
        new("keys", ["DeviceAllow=char-input r", "SupplementaryGroups=input"]),
        // Files of sysfs, which is shut as a whole otherwise.
        new("leds", ["ReadWritePaths=/sys/devices"]),
        new("pwm", ["ReadWritePaths=/sys/devices"]),
    ];

    /// <summary>The one of that name, or null.</summary>
    public static HardwareKind? Find(string name) => All.FirstOrDefault(kind => kind.Name == name);
}
