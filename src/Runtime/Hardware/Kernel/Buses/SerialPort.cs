using System.Collections.Frozen;
using System.Globalization;
using Runtime.Hardware.Devices;

namespace Runtime.Hardware.Kernel.Buses;

/// <summary>A serial port, raw, with 8 bits, no parity and one stop bit. Not safe for several threads.</summary>
internal sealed class SerialPort : IBus
{
    // termios' constants of speeds (asm-generic/termbits.h).
    private static readonly FrozenDictionary<string, uint> Speeds = new Dictionary<string, uint>
    {
        ["1200"] = 9,
        ["2400"] = 11,
        ["4800"] = 12,
        ["9600"] = 13,
        ["19200"] = 14,
        ["38400"] = 15,
        ["57600"] = 0x1001,
        ["115200"] = 0x1002,
        ["230400"] = 0x1003,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    // How long it is quiet when somebody has said what there is to say.
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(200);

    private const int BitsPerByte = 10;

    private readonly DeviceFile _file;
    private readonly int _speed;

    /// <summary>Opens the port, and forgets what came before.</summary>
    /// <param name="folder">Where devices are.</param>
    /// <param name="parts">Its name there, and its speed in bits per second.</param>
    /// <exception cref="HardwareException">It is not there, or knows no such speed.</exception>
    public SerialPort(string folder, IReadOnlyList<string> parts)
    {
        if (!Speeds.TryGetValue(parts[1], out var speed)) throw new HardwareException($"{parts[1]} is no speed of a serial port; there are {string.Join(", ", Speeds.Keys.OrderBy(known => known.Length).ThenBy(known => known, StringComparer.Ordinal))}.");
        _speed = int.Parse(parts[1], CultureInfo.InvariantCulture);
        _file = DeviceFile.Open(System.IO.Path.Combine(folder, parts[0]), Libc.ReadWrite | Libc.NonBlocking | Libc.NoControllingTerminal);
        try
        {
            _file.MakeSerial(speed);
        }
        catch
        {
            _file.Dispose();
            throw;
        }
    }

    /// <summary>Where it is.</summary>
    public string Path => _file.Path;

    /// <summary>How long somebody may think before they say something.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>Forgets what came and was not read.</summary>
    public void Forget() => _file.Forget();

    /// <summary>Waits until something has come. False where nothing has in that time.</summary>
    public bool Wait(TimeSpan time) => _file.Wait(time);

    /// <summary>Reads what has come, at most the length.</summary>
    /// <exception cref="HardwareException">It is not there any more.</exception>
    public int Read(Span<byte> to) => _file.Read(to);

    /// <inheritdoc/>
    public byte[] Transfer(ReadOnlySpan<byte> write, int read)
    {
        // What waited is no answer to what is said now.
        if (write.Length > 0 && read > 0) Forget();
        _file.Write(write);
        var (answer, count) = (new byte[read], 0);
        // An answer comes when the last byte is out.
        var patience = Patience + TimeSpan.FromSeconds((double)write.Length * BitsPerByte / _speed);
        var until = Environment.TickCount64 + (long)patience.TotalMilliseconds;
        while (count < read)
        {
            var left = TimeSpan.FromMilliseconds(Math.Max(0, until - Environment.TickCount64));
            if (!Wait(count > 0 && left > Quiet ? Quiet : left) || Read(answer.AsSpan(count)) is not (> 0 and var more)) break;
            count += more;
        }
        return answer[..count];
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();
}
