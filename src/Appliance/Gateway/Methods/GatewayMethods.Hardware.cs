using Appliance.Gateway.Identity;
using Appliance.Gateway.Methods.Wire;
using Appliance.Gateway.Protocol;
using Runtime.Hardware;
using Runtime.Hardware.Board;

namespace Appliance.Gateway.Methods;

// What is wired to the box. These methods are ours: the board decides for each pin and sensor who may, beside the scope.
internal sealed partial class GatewayMethods
{
    private static readonly TimeSpan HardwarePatience = TimeSpan.FromSeconds(20);

    // On threads of their own: a sensor may take a second, or ten.
    private IEnumerable<GatewayMethod> HardwareMethods =>
    [
        new GatewayMethod("hardware.list", Scope.Read, call => Task.Run(() => ListHardware(call))) { IsAdvertised = false },
        new GatewayMethod("hardware.read", Scope.Read, call => Task.Run(() => ReadHardware(call))) { IsAdvertised = false },
        new GatewayMethod("hardware.set", Scope.Write, call => Task.Run(() => SetPin(call))) { IsAdvertised = false },
        new GatewayMethod("hardware.simulate", Scope.Admin, call => Task.Run(() => Simulate(call))) { IsAdvertised = false },
        new GatewayMethod("hardware.events", Scope.Read, HardwareEventsAsync) { IsAdvertised = false },
    ];

    private byte[]? ListHardware(GatewayCall call)
    {
        var (board, person) = (_context.Hardware.Board, OriginOf(call).Person);
        return FrameWriter.Payload(to => to.Add("simulated", _context.Hardware.IsSimulated)
            .Add("pins", [.. board.Pins(person).Select(pin => new PinRow(pin))]).Add("sensors", [.. board.Sensors(person).Select(sensor => new SensorRow(sensor))])
            .Add("buses", [.. board.Buses(person).Select(bus => new DeviceRow(bus))]).Add("cameras", [.. board.Cameras(person).Select(camera => new DeviceRow(camera))]));
    }

    private byte[]? ReadHardware(GatewayCall call)
    {
        var (board, name, person) = (_context.Hardware.Board, call.Params.Text("name"), OriginOf(call).Person);
        try
        {
            return FrameWriter.Payload(board.HasPin(name, person) ? new PinRow(board.ReadPin(name, person)) : new SensorRow(board.ReadSensor(name, person)));
        }
        catch (HardwareException e)
        {
            throw GatewayException.Invalid(e.Message);
        }
    }

    private byte[]? SetPin(GatewayCall call)
    {
        var value = call.Params.Text("value");
        if (!PinLevel.TryParse(value, out var percent)) throw GatewayException.Invalid($"{Cut(value, 40)} is no value for a pin; use on, off or 0-100.");
        try { return FrameWriter.Payload(new PinRow(_context.Hardware.Board.SetPin(call.Params.Text("name"), percent, OriginOf(call).Person))); }
        catch (HardwareException e) { throw GatewayException.Invalid(e.Message); }
    }

    private byte[]? Simulate(GatewayCall call)
    {
        try { _context.Hardware.Simulate(call.Params.Text("name"), call.Params.Text("value")); }
        catch (HardwareException e) { throw GatewayException.Invalid(e.Message); }
        return Done();
    }

    // Those of pins and triggers that somebody may not read are not theirs to hear.
    private async Task<byte[]?> HardwareEventsAsync(GatewayCall call)
    {
        var person = OriginOf(call).Person;
        var after = call.Params.OptionalNumber("after", 0, long.MaxValue) ?? _context.Hardware.Last;
        var rows = await _context.Hardware.SinceAsync(after, HardwarePatience, call.Connection.Gone);
        return FrameWriter.Payload(to => to.Add("last", rows.Count > 0 ? rows[^1].Number : after)
            .Add("events", [.. rows.Where(row => person is null || IsPins(row.Event, person)).Select(row => new HardwareEventRow(row))]));
    }

    // A chip or a camera may have a pin's name.
    private bool IsPins(HardwareEvent happened, string person) => happened.Kind is not (HardwareEvent.Sent or HardwareEvent.Picture) && _context.Hardware.Board.HasPin(happened.Name, person);
}
