using Appliance.Gateway.Protocol;
using Appliance.Hardware;
using Runtime.Hardware.Board;

namespace Appliance.Gateway.Methods.Wire;

/// <summary>A pin in an answer.</summary>
internal sealed record PinRow(PinState State) : IPayload
{
    public void Write(PayloadWriter to) => to
        .Add("name", State.Settings.Name).Add("at", $"{State.Settings.At}").Add("state", State.Text).Add("percent", State.Percent).Add("dimmed", State.IsDimmed).Add("output", State.Settings.IsOutput)
        .Add("allow", DeviceRow.Allowed(State.Settings))
        .Add("about", State.Settings.About).Add("fault", State.Fault);
}

/// <summary>A sensor in an answer.</summary>
internal sealed record SensorRow(SensorState State) : IPayload
{
    public void Write(PayloadWriter to)
    {
        to.Add("name", State.Settings.Name).Add("at", $"{State.Settings.At}").Add("state", State.Measured is { } text ? $"{text}" : "unknown");
        if (State.Measured is { } measured && double.IsFinite(measured.Value)) to.Number("value", measured.Value).Add("unit", measured.Unit);
        to.Add("about", State.Settings.About).Add("fault", State.Fault);
    }
}

/// <summary>A chip, a port or a camera in an answer: what it is at is known when it is used.</summary>
internal sealed record DeviceRow(DeviceSettings Settings) : IPayload
{
    public void Write(PayloadWriter to) => to.Add("name", Settings.Name).Add("at", $"{Settings.At}").Add("allow", Allowed(Settings)).Add("about", Settings.About);

    /// <summary>What it may be used for, in words.</summary>
    internal static IReadOnlyList<string> Allowed(DeviceSettings settings) =>
        [.. new[] { (PinUse.Read, "read"), (PinUse.Set, "set"), (PinUse.Trigger, "trigger") }.Where(use => settings.Allow.HasFlag(use.Item1)).Select(use => use.Item2)];
}

/// <summary>An event of the hardware in an answer.</summary>
internal sealed record HardwareEventRow(HardwareRow Row) : IPayload
{
    public void Write(PayloadWriter to) => to
        .Add("seq", Row.Number).Add("ts", Row.At).Add("kind", Row.Event.Kind).Add("name", Row.Event.Name).Add("value", Row.Event.Value).Add("person", Row.Event.Person).Add("detail", Row.Event.Detail);
}
