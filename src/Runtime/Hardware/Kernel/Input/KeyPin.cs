using System.Globalization;
using Runtime.Hardware.Board;
using Runtime.Hardware.Devices;

namespace Runtime.Hardware.Kernel.Input;

/// <summary>A key of an input device (evdev, linux/input.h): a button, a presence detector that looks like one. Others hear it too.</summary>
internal sealed class KeyPin : IPin
{
    // struct input_event with 64-bit times: sec, usec, type, code, value.
    private const int EventSize = 24, KeyType = 1, Keys = 0x300;

    // EVIOCGKEY(96): which keys are down, a bit each.
    private const uint KeysDown = 0x80604518;

    private readonly DeviceFile _file;
    private readonly PinSettings _settings;
    private readonly int _code;
    private DeviceWatch? _watch;

    private KeyPin(DeviceFile file, PinSettings settings, int code) => (_file, _settings, _code) = (file, settings, code);

    public bool IsDimmed => false;

    /// <summary>Opens the device.</summary>
    /// <exception cref="HardwareException">It is not there.</exception>
    public static KeyPin Open(string folder, PinSettings settings)
    {
        if (!int.TryParse(settings.At.Parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var code) || code >= Keys)
            throw new HardwareException($"{settings.At.Parts[1]} is no number of a key; linux/input-event-codes.h has them: 28 is enter, 256 the first button.");
        return new KeyPin(DeviceFile.Open(Path.Combine(folder, "input", settings.At.Parts[0]), Libc.ReadOnly | Libc.NonBlocking), settings, code);
    }

    public int Read()
    {
        var down = new byte[Keys / 8];
        _file.Control(KeysDown, down, "asked for its keys");
        return Level((down[_code / 8] >> (_code % 8) & 1) == 1);
    }

    public void Write(int percent) => throw new HardwareException($"{_settings.Name} is a key: it cannot be set.");

    public void Watch(Action<int> changed)
    {
        var buffer = new byte[EventSize * 16];
        _watch = new DeviceWatch(_file, () =>
        {
            var count = _file.Read(buffer);
            if (count == 0) throw new HardwareException($"{_file.Path} ended.");
            for (var at = 0; at + EventSize <= count; at += EventSize)
            {
                if (KeyOf(buffer.AsSpan(at, EventSize)) is { } key && key.Code == _code && key.Value is 0 or 1) changed(Level(key.Value == 1));
            }
        }, _settings.Name);
    }

    public void Dispose()
    {
        _watch?.Dispose();
        _file.Dispose();
    }

    /// <summary>The key in an event, and whether it went down (1), up (0) or repeats (2); null where it is about no key.</summary>
    internal static (int Code, int Value)? KeyOf(ReadOnlySpan<byte> happened) =>
        BitConverter.ToUInt16(happened[16..]) == KeyType ? (BitConverter.ToUInt16(happened[18..]), BitConverter.ToInt32(happened[20..])) : null;

    private int Level(bool isDown) => isDown != _settings.IsActiveLow ? PinLevel.On : PinLevel.Off;
}
