using Runtime.Hardware;
using Runtime.Hardware.Power;
using Runtime.Tools.Policy;

namespace Runtime.Tools.Device;

/// <summary>Tells how this machine does. Its addresses are the owner's own affair: who has read them is tainted.</summary>
/// <param name="power">How much the machine is spared; null where nobody watches that.</param>
public sealed class DeviceStatusTool(Func<PowerState>? power = null) : Tool(
    "device_status", "This device: CPU, memory, disk, temperature, uptime.", """{"type":"object","properties":{"network":{"type":"boolean","description":"addresses too"}}}""")
{
    private static readonly TimeSpan Watch = TimeSpan.FromMilliseconds(250);

    /// <inheritdoc/>
    public override ToolEffect Effect => ToolEffect.Reads;

    /// <inheritdoc/>
    public override ToolProfile Profile => ToolProfile.Assistant;

    // Decided for each call below.
    /// <inheritdoc/>
    public override bool ReturnsData => false;

    /// <inheritdoc/>
    public override async Task<ToolResult> RunAsync(ToolArguments arguments, ToolContext context, CancellationToken cancellation)
    {
        var network = arguments.OptionalFlag("network") ?? false;
        var before = MachineCounters.Read();
        await Task.Delay(Watch, cancellation);
        var report = DeviceReport.Make(before, context.Files.Workspace, power?.Invoke() ?? PowerState.Normal);
        return new ToolResult(network ? report + DeviceReport.Addresses() : report) { IsData = network };
    }
}
