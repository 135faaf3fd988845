using Models.Generation;
using Runtime.Hardware.Board;
using Runtime.Hardware.Devices;

namespace Appliance.Config.Sections;

/// <summary>An entry of <c>hardware.pins</c>: a pin with a name, and what it may be used for. Immutable.</summary>
internal sealed record PinConfig(
    [property: Setting("Where it is: gpio:gpiochip0/17, gpio:NAME, sdg:0/17, pwm:pwmchip0/1, led:NAME or key:event0/28.")]
    string At,
    [property: Setting("Whether it is driven; without it, it is listened to. What dims and lights always are.")]
    bool Output = false,
    [property: Setting("What it may be used for: read, set, trigger; read alone by default.")]
    IReadOnlyList<PinUse>? Allow = null,
    [property: Setting("People beside the owner who may, by their ids; * is everybody. The owner alone by default.")]
    IReadOnlyList<string>? Who = null,
    [property: Setting("Whether a person is asked each time before an agent sets it.")]
    bool Ask = false,
    [property: Setting("What it is, for agents and people: light over the stove.")]
    string? About = null,
    [property: Setting("Whether low is on.")]
    bool ActiveLow = false,
    [property: Setting("The resistor inside the chip: as-is, pull-up, pull-down or none.")]
    PinBias Bias = PinBias.AsIs,
    [property: Setting("How long a line must be still before it counts as changed, milliseconds.", Least = 0, Most = 10_000)]
    int DebounceMs = 0,
    [property: Setting("Of a pin that dims, hertz.", Least = 1, Most = 1_000_000)]
    int Frequency = 1000,
    [property: Setting("What it is set to when the box starts: on, off or 0-100; as safe by default.", Format = SettingFormat.PinLevel)]
    string? Start = null,
    [property: Setting("What it is set to when the box starts, ends, and after it crashed: on, off or 0-100; left as it is by default.", Format = SettingFormat.PinLevel)]
    string? Safe = null,
    [property: Setting("How long it may be on: 500ms, 30m. Then it goes off by itself. As long as it is told by default.", Format = SettingFormat.Duration)]
    string? LongestOn = null)
{
    // Not public: what is, is a setting.
    private bool IsOutput => Output || At.StartsWith($"{DeviceAddress.Pwm}:", StringComparison.Ordinal) || At.StartsWith($"{DeviceAddress.Led}:", StringComparison.Ordinal);

    /// <summary>What is wrong with it, setting by setting.</summary>
    public IEnumerable<(string Setting, string Fault)> Faults()
    {
        if (DeviceAddress.Read(At, DeviceKind.Pin, out var fault) is null) yield return ("at", fault!);
        if (Output && At.StartsWith($"{DeviceAddress.Key}:", StringComparison.Ordinal)) yield return ("output", "is true, and keys cannot be driven");
        if (!IsOutput && Uses.HasFlag(PinUse.Set)) yield return ("allow", "has set, and it is not driven: output is missing");
        if (IsOutput && Uses.HasFlag(PinUse.Trigger)) yield return ("allow", "has trigger, and only what is listened to begins something");
        if (!IsOutput && (Start ?? Safe ?? LongestOn) is not null) yield return (Start is not null ? "start" : Safe is not null ? "safe" : "longestOn", "is for what is driven: output is missing");
        if (LongestOn is { } longest && KeepAlive.TryParse(longest, out var time) && time <= TimeSpan.Zero) yield return ("longestOn", "must be longer than nothing");
    }

    /// <summary>As the agent's room takes it.</summary>
    public PinSettings ToSettings(string name) => new(name, DeviceAddress.Read(At, DeviceKind.Pin, out _)!)
    {
        About = About,
        IsOutput = IsOutput,
        Allow = Uses,
        Who = Who ?? [],
        Asks = Ask,
        IsActiveLow = ActiveLow,
        Bias = Bias,
        Debounce = TimeSpan.FromMilliseconds(DebounceMs),
        Frequency = Frequency,
        Start = Level(Start),
        Safe = Level(Safe),
        LongestOn = LongestOn is { } longest && KeepAlive.TryParse(longest, out var time) ? time : null,
    };

    private PinUse Uses => (Allow ?? [PinUse.Read]).Aggregate(PinUse.None, (all, use) => all | use);

    private static int? Level(string? text) => text is not null && PinLevel.TryParse(text, out var percent) ? percent : null;
}
