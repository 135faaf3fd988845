using Models.Generation;
using Runtime.Hardware.Board;
using Runtime.Hardware.Triggers;

namespace Appliance.Config.Sections;

/// <summary>An entry of <c>hardware.triggers</c>: what at a pin or a sensor begins something, and what. Immutable.</summary>
internal sealed record TriggerConfig(
    [property: Setting("The pin or sensor it waits for, which must allow trigger.")]
    string On,
    [property: Setting("What a pin becomes: on, off or either.")]
    TriggerEdge? Becomes = null,
    [property: Setting("A sensor goes above this.")]
    double? Above = null,
    [property: Setting("A sensor goes below this.")]
    double? Below = null,
    [property: Setting("For how long that must hold: 10s, 5m; at once by default.", Format = SettingFormat.Duration)]
    string? For = null,
    [property: Setting("How far a sensor must come back before it counts again.", Least = 0)]
    double Hysteresis = 0,
    [property: Setting("How long the trigger rests after it began something, at least a second.", Format = SettingFormat.Duration)]
    string Pause = "1m",
    [property: Setting("What the agent is told, as its owner would say it; {name} and {value} stand for the pin or sensor and what it is at.")]
    string? Say = null,
    [property: Setting("Id or name of a job that runs.")]
    string? Job = null,
    [property: Setting("The agent that is told; the default one where it is left out.")]
    string? Agent = null)
{
    /// <summary>What is wrong with it, setting by setting.</summary>
    public IEnumerable<(string Setting, string Fault)> Faults(HardwareConfig hardware)
    {
        var isPin = hardware.Pins.ContainsKey(On);
        if (!isPin && !hardware.Sensors.ContainsKey(On)) yield return ("on", $"is {On}, and there is no such pin or sensor");
        else if (isPin ? hardware.Pins[On].Allow?.Contains(PinUse.Trigger) != true : hardware.Sensors[On].Allow?.Contains(PinUse.Trigger) != true)
            yield return ("on", $"is {On}, which does not allow trigger");
        if (isPin && hardware.Sensors.ContainsKey(On)) yield return ("on", $"is {On}, which is a pin and a sensor");
        if (new[] { Becomes is not null, Above is not null, Below is not null }.Count(set => set) != 1) yield return ("", "needs one of becomes, above and below, and no two");
        else if (isPin != Becomes is not null) yield return (isPin ? "becomes" : "above", isPin ? "is what a pin needs" : "or below is what a sensor needs");
        if (string.IsNullOrWhiteSpace(Say) && string.IsNullOrWhiteSpace(Job)) yield return ("", "begins nothing: say or job is missing");
        if (Time(Pause) < TimeSpan.FromSeconds(1)) yield return ("pause", "must be a second at least");
        if (Time(For) < TimeSpan.Zero) yield return ("for", "must not be for ever");
    }

    /// <summary>As the agent's room takes it.</summary>
    public TriggerSettings ToSettings(string name) => new(name, On)
    {
        Becomes = Becomes,
        Above = Above,
        Below = Below,
        For = Time(For),
        Hysteresis = Hysteresis,
        Pause = Time(Pause),
        Say = Say,
        Job = Job,
        Agent = Agent,
    };

    private static TimeSpan Time(string? text) => text is not null && KeepAlive.TryParse(text, out var time) ? time : TimeSpan.Zero;
}
