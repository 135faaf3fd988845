using System.Text;
using Runtime.Hardware.Board;
using Runtime.Hardware.Devices;
using Runtime.Tools.Policy;

namespace Runtime.Tools.Device;

/// <summary>
/// Lets an agent talk to the chips on I2C and SPI and the serial ports that their owner named: each has its own permission, and nothing else is
/// reachable. Where nothing is named nobody is told of the tool.
/// </summary>
/// <param name="board">The chips and ports.</param>
public sealed class BusTool(HardwareBoard board) : Tool(
    "bus", "Raw bytes to and from I2C and SPI chips and serial ports of this box.",
    """
    {"type":"object","properties":{"action":{"enum":["list","read","write"]},"name":{"type":"string"},"hex":{"type":"string","description":"bytes to write, or register to read"},"text":{"type":"string","description":"for serial, instead of hex"},"count":{"type":"integer","description":"bytes to read"}},"required":["action"]}
    """)
{
    /// <inheritdoc/>
    public override ToolEffect Effect => ToolEffect.Outward;

    /// <inheritdoc/>
    public override ToolProfile Profile => ToolProfile.Assistant;

    /// <inheritdoc/>
    public override bool IsThere => board.Has(DeviceKind.Bus);

    // What a chip or a port gave may be anybody's words; the rest of what is told is the owner's. Decided for each call below.
    /// <inheritdoc/>
    public override bool ReturnsData => false;

    // As with pins: what a person said in this very message is their own wish.
    /// <inheritdoc/>
    public override ToolEffect EffectOf(ToolArguments arguments, ToolContext context)
    {
        if (arguments.OptionalText("action") != "write") return ToolEffect.Reads;
        var (name, value) = (arguments.OptionalText("name") ?? "", arguments.OptionalText("text") ?? arguments.OptionalText("hex") ?? "");
        if (board.Asks(DeviceKind.Bus, name)) return ToolEffect.Destructive;
        return SaidText.HoldsWords(context.Said, name) && SaidText.HoldsWords(context.Said, value) ? ToolEffect.Writes : ToolEffect.Outward;
    }

    /// <inheritdoc/>
    public override Task<ToolResult> RunAsync(ToolArguments arguments, ToolContext context, CancellationToken cancellation) => Task.FromResult(arguments.Text("action") switch
    {
        "list" => new ToolResult(List(context.Person)),
        "read" => Read(arguments, context.Person),
        "write" => Write(arguments, context.Person),
        var other => throw new ToolException($"There is no action {other}; there are list, read and write."),
    });

    private ToolResult Read(ToolArguments arguments, string? person)
    {
        var name = arguments.Text("name");
        return Told(board.ReadBus(name, BusBytes.Parse(arguments.OptionalText("hex") ?? ""), Count(arguments, 1), person), $"{name} sent nothing.");
    }

    private ToolResult Write(ToolArguments arguments, string? person)
    {
        var name = arguments.Text("name");
        var (hex, text) = (arguments.OptionalText("hex"), arguments.OptionalText("text"));
        if (hex is null == text is null) throw new ToolException("What is to be written is in hex or in text, one of the two.");
        var end = board.FindBus(name, person) is { IsSerial: true } port && text?.EndsWith(port.End, StringComparison.Ordinal) == false ? port.End : "";
        var bytes = text is null ? BusBytes.Parse(hex!) : Encoding.UTF8.GetBytes(text + end);
        var count = Count(arguments, 0) ?? 0;
        var answer = board.WriteBus(name, bytes, count, person);
        var written = $"Wrote {bytes.Length} {(bytes.Length == 1 ? "byte" : "bytes")} to {answer.Settings.Name}.";
        return answer.Bytes.Length > 0 ? Told(answer, "", $"{written} Back came: ") : new ToolResult(count > 0 ? $"{written} Nothing came back." : written);
    }

    // One above the most is refused with a word, and not made the most.
    private static int? Count(ToolArguments arguments, int least) => arguments.OptionalNumber("count", least, BusSettings.Longest + 1);

    private static ToolResult Told(BusAnswer answer, string nothing, string before = "") => answer.Bytes.Length == 0 ? new ToolResult(nothing) : new ToolResult(before + answer.Text) { IsData = true };

    private string List(string? person)
    {
        var buses = board.Buses(person);
        return buses.Count == 0 ? "Nothing is set up here." : string.Join('\n', buses.Select(bus => Line(bus, person)));
    }

    private static string Line(BusSettings bus, string? person)
    {
        var uses = (bus.May(person, PinUse.Read), bus.May(person, PinUse.Set)) switch { (true, true) => "", (true, false) => ", read only", _ => ", write only" };
        var registers = bus.RegisterBytes > 0 ? $", registers of {bus.RegisterBytes} {(bus.RegisterBytes == 1 ? "byte" : "bytes")}" : "";
        return $"{bus.Name}: {bus.At.Way}{registers}{uses}{(bus.About is { } about ? $" ({about})" : "")}";
    }
}
