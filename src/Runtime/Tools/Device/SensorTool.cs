using Runtime.Hardware.Board;
using Runtime.Hardware.Devices;
using Runtime.Tools.Policy;

namespace Runtime.Tools.Device;

/// <summary>Lets an agent read the sensors that their owner named, one or all. Where none is named nobody is told of the tool.</summary>
/// <param name="board">The sensors.</param>
public sealed class SensorTool(HardwareBoard board) : Tool(
    "sensor", "Temperature and other sensors of this box.", """{"type":"object","properties":{"name":{"type":"string","description":"all without it"}}}""")
{
    /// <inheritdoc/>
    public override ToolEffect Effect => ToolEffect.Reads;

    /// <inheritdoc/>
    public override ToolProfile Profile => ToolProfile.Assistant;

    /// <inheritdoc/>
    public override bool IsThere => board.Has(DeviceKind.Sensor);

    /// <inheritdoc/>
    public override bool ReturnsData => false;

    /// <inheritdoc/>
    public override Task<ToolResult> RunAsync(ToolArguments arguments, ToolContext context, CancellationToken cancellation)
    {
        if (arguments.OptionalText("name") is { Length: > 0 } name) return Task.FromResult(new ToolResult(Line(board.ReadSensor(name, context.Person))));
        var sensors = board.Sensors(context.Person);
        return Task.FromResult(new ToolResult(sensors.Count == 0 ? "No sensors are set up here." : string.Join('\n', sensors.Select(Line))));
    }

    private static string Line(SensorState state)
    {
        var about = state.Settings.About is { } text ? $" ({text})" : "";
        return state.Measured is { } measured ? $"{state.Settings.Name}: {measured}{about}" : $"{state.Settings.Name}: cannot be read: {state.Fault}{about}";
    }
}
