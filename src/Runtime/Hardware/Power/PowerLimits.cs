namespace Runtime.Hardware.Power;

/// <summary>From where on a machine is spared. Immutable; what makes no sense together (a higher level below a lower one) counts as the lower.</summary>
/// <param name="Warm">Degrees Celsius of <see cref="PowerLevel.Spare"/>.</param>
/// <param name="Hot">Of <see cref="PowerLevel.Save"/>.</param>
/// <param name="Critical">Of <see cref="PowerLevel.Least"/>.</param>
/// <param name="Battery">Percent below which a battery that feeds the machine alone is spared; a half of it, and a sixth, are the next levels.</param>
public sealed record PowerLimits(double Warm, double Hot, double Critical, int Battery = 30)
{
    /// <summary>Of small boards, which throttle at 80 to 85 °C.</summary>
    public static PowerLimits OfBoards { get; } = new(70, 78, 84);

    /// <summary>Of PCs, whose processors run at 80 °C all day and throttle at about 100.</summary>
    public static PowerLimits OfComputers { get; } = new(88, 94, 99);

    /// <summary>Those of this machine: what a device tree describes is a board.</summary>
    public static PowerLimits Here(string root = "/") => Directory.Exists(Path.Combine(root, "sys/firmware/devicetree/base")) ? OfBoards : OfComputers;
}
