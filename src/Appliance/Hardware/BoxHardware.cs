using System.Text;
using Runtime.Hardware;
using Runtime.Hardware.Board;
using Runtime.Hardware.Simulation;

namespace Appliance.Hardware;

/// <summary>What is wired to the box, as the gateway shows it: the board, what happened lately, and the world where it is simulated. Safe for several threads.</summary>
internal sealed class BoxHardware
{
    private const int MostKept = 256;

    private readonly Lock _lock = new();
    private readonly Queue<HardwareRow> _kept = new();
    private readonly SimulatedDevices? _simulated;
    private readonly TimeProvider _time;
    private TaskCompletionSource _next = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _last;

    /// <summary>Begins to listen.</summary>
    /// <param name="board">The pins and sensors.</param>
    /// <param name="simulated">What stands in for them; null where they are real.</param>
    /// <param name="time">The clock.</param>
    public BoxHardware(HardwareBoard board, SimulatedDevices? simulated, TimeProvider time)
    {
        (Board, _simulated, _time) = (board, simulated, time);
        board.Happened += Hear;
    }

    /// <summary>The pins and sensors.</summary>
    public HardwareBoard Board { get; }

    /// <summary>True where nothing is real.</summary>
    public bool IsSimulated => _simulated is not null;

    /// <summary>The number of the last event.</summary>
    public long Last
    {
        get { lock (_lock) return _last; }
    }

    /// <summary>Lets the world do something to a pin, a sensor, a chip or a port that is simulated.</summary>
    /// <exception cref="HardwareException">It is real, or not there.</exception>
    public void Simulate(string name, string value)
    {
        if (_simulated is null) throw new HardwareException("The hardware of this box is real: hardware.simulate in appliance.json makes it imagined.");
        if (Board.Pins(null).FirstOrDefault(pin => pin.Settings.Name == name) is { } pin)
        {
            if (pin.Settings.IsOutput) throw new HardwareException($"{name} is driven by the box, not by the world: set it.");
            _simulated.Simulate(pin: true, name, PinLevel.TryParse(value, out var percent) ? percent : throw new HardwareException($"{value} is no value for a pin; use on, off or 0-100."));
        }
        else if (Board.Buses(null).FirstOrDefault(bus => bus.Name == name) is { } bus)
        {
            _simulated.Simulate(bus, bus.IsSerial ? Encoding.UTF8.GetBytes(value + bus.End) : BusBytes.Parse(value));
        }
        else
        {
            Board.ReadSensor(name, null);
            _simulated.Simulate(pin: false, name, double.TryParse(value, System.Globalization.CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? number : throw new HardwareException($"{value} is no number."));
        }
    }

    /// <summary>What happened after an event, oldest first; waits until something has, or the time is up.</summary>
    public async Task<IReadOnlyList<HardwareRow>> SinceAsync(long after, TimeSpan patience, CancellationToken cancellation)
    {
        Task next;
        lock (_lock)
        {
            if (_last > after) return [.. _kept.Where(row => row.Number > after)];
            next = _next.Task;
        }
        try { await next.WaitAsync(patience, _time, cancellation); }
        catch (TimeoutException) { return []; }
        lock (_lock) return [.. _kept.Where(row => row.Number > after)];
    }

    private void Hear(HardwareEvent happened)
    {
        TaskCompletionSource next;
        lock (_lock)
        {
            _kept.Enqueue(new HardwareRow(++_last, _time.GetUtcNow().ToUnixTimeMilliseconds(), happened));
            while (_kept.Count > MostKept) _kept.Dequeue();
            (next, _next) = (_next, new(TaskCreationOptions.RunContinuationsAsynchronously));
        }
        next.SetResult();
    }
}
