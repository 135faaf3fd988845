using Runtime.Hardware.Board;
using Runtime.Hardware.Devices;
using Runtime.Tools.Policy;

namespace Runtime.Tools.Device;

/// <summary>
/// Lets an agent read and set the pins that their owner named: each has its own permission, and no other pin is reachable. Where nothing is
/// named nobody is told of the tool.
/// </summary>
/// <param name="board">The pins.</param>
public sealed class PinTool(HardwareBoard board) : Tool(
    "pin", "Lights, relays, buttons and other pins of this box.",
    """
    {"type":"object","properties":{"action":{"enum":["list","read","set"]},"name":{"type":"string"},"value":{"type":"string","description":"on, off or 0-100"}},"required":["action"]}
    """)
{
    /// <inheritdoc/>
    public override ToolEffect Effect => ToolEffect.Outward;

    /// <inheritdoc/>
    public override ToolProfile Profile => ToolProfile.Assistant;

    /// <inheritdoc/>
    public override bool IsThere => board.Has(DeviceKind.Pin);

    // Names and levels that the owner chose.
    /// <inheritdoc/>
    public override bool ReturnsData => false;

    // What a person said is their own wish, whatever the conversation read before: the pin and what it is to be at, both in this very message.
    /// <inheritdoc/>
    public override ToolEffect EffectOf(ToolArguments arguments, ToolContext context)
    {
        if (arguments.OptionalText("action") != "set") return ToolEffect.Reads;
        var (name, value) = (arguments.OptionalText("name") ?? "", arguments.OptionalText("value") ?? "");
        if (board.Asks(DeviceKind.Pin, name)) return ToolEffect.Destructive;
        return SaidText.HoldsWords(context.Said, name) && SaidText.HoldsWords(context.Said, value) ? ToolEffect.Writes : ToolEffect.Outward;
    }

    /// <inheritdoc/>
    public override Task<ToolResult> RunAsync(ToolArguments arguments, ToolContext context, CancellationToken cancellation) => Task.FromResult(new ToolResult(arguments.Text("action") switch
    {
        "list" => List(context.Person),
        "read" => Told(board.ReadPin(arguments.Text("name"), context.Person)),
        "set" => Told(board.SetPin(arguments.Text("name"), Level(arguments.Text("value")), context.Person)),
        var other => throw new ToolException($"There is no action {other}; there are list, read and set."),
    }));

    private static int Level(string value) => PinLevel.TryParse(value, out var percent) ? percent : throw new ToolException($"{value} is no value for a pin; use on, off or 0-100.");

    private static string Told(PinState state) => $"{state.Settings.Name} is {(state is { IsDimmed: true, Percent: > 0 } ? "at " : "")}{state.Text}.";

    private string List(string? person)
    {
        var pins = board.Pins(person);
        return pins.Count == 0 ? "No pins are set up here." : string.Join('\n', pins.Select(Line));
    }

    private static string Line(PinState state)
    {
        var about = state.Settings.About is { } text ? $" ({text})" : "";
        return $"{state.Settings.Name}: {state.Text}{(state.Settings.Allow.HasFlag(PinUse.Set) ? "" : ", read only")}{about}";
    }
}
