using System.Collections.Frozen;

namespace Runtime.Hardware.Devices;

/// <summary>
/// Where something is that is wired to this machine, as its owner writes it: a way and what is found there, <c>gpio:gpiochip0/17</c>,
/// <c>w1:28-00000a</c>. Every part is one name of a folder or a number, so that no address leads out of the folder it belongs to. Immutable.
/// </summary>
public sealed record DeviceAddress
{
    /// <summary>A line of a GPIO chip: <c>gpio:gpiochip0/17</c>, or by its name, <c>gpio:GPIO17</c>.</summary>
    public const string Gpio = "gpio";

    /// <summary>A line of a GPIO chip by System.Device.Gpio, both by number: <c>sdg:0/17</c>.</summary>
    public const string SystemGpio = "sdg";

    /// <summary>A channel that dims: <c>pwm:pwmchip0/1</c>.</summary>
    public const string Pwm = "pwm";

    /// <summary>A light that Linux knows: <c>led:ACT</c>.</summary>
    public const string Led = "led";

    /// <summary>A key of an input device: <c>key:event0/28</c>.</summary>
    public const string Key = "key";

    /// <summary>A thermometer on 1-Wire: <c>w1:28-0316a279c3ff</c>.</summary>
    public const string OneWire = "w1";

    /// <summary>A channel of a hwmon chip: <c>hwmon:lm75/temp1</c>.</summary>
    public const string Hwmon = "hwmon";

    /// <summary>A channel of an IIO device: <c>iio:bme280/humidityrelative</c>.</summary>
    public const string Iio = "iio";

    /// <summary>A chip on I2C: <c>i2c:1/0x48</c>, and as a sensor, that is read here, <c>i2c:1/0x48/lm75</c>.</summary>
    public const string I2c = "i2c";

    /// <summary>A chip on SPI: <c>spi:0.0</c>, and as a sensor, a channel of a converter, <c>spi:0.0/mcp3008/3</c>.</summary>
    public const string Spi = "spi";

    /// <summary>A serial port and its speed: <c>serial:ttyUSB0/9600</c>; as a sensor, numbers that somebody writes there line by line.</summary>
    public const string Serial = "serial";

    /// <summary>A camera: <c>video:video0</c>.</summary>
    public const string Video = "video";

    private const int Longest = 64;

    // How many parts each way has that leads to a kind.
    private static readonly FrozenDictionary<(DeviceKind, string), (int Least, int Most, string Form)> Ways = new Dictionary<(DeviceKind, string), (int, int, string)>
    {
        [(DeviceKind.Pin, Gpio)] = (1, 2, "gpio:gpiochip0/17 or gpio:NAME"),
        [(DeviceKind.Pin, SystemGpio)] = (2, 2, "sdg:0/17"),
        [(DeviceKind.Pin, Pwm)] = (2, 2, "pwm:pwmchip0/1"),
        [(DeviceKind.Pin, Led)] = (1, 1, "led:NAME"),
        [(DeviceKind.Pin, Key)] = (2, 2, "key:event0/28"),
        [(DeviceKind.Sensor, OneWire)] = (1, 1, "w1:28-0316a279c3ff"),
        [(DeviceKind.Sensor, Hwmon)] = (2, 2, "hwmon:lm75/temp1"),
        [(DeviceKind.Sensor, Iio)] = (2, 2, "iio:bme280/temp"),
        [(DeviceKind.Sensor, I2c)] = (3, 3, "i2c:1/0x48/lm75"),
        [(DeviceKind.Sensor, Spi)] = (3, 3, "spi:0.0/mcp3008/3"),
        [(DeviceKind.Sensor, Serial)] = (2, 2, "serial:ttyUSB0/9600"),
        [(DeviceKind.Bus, I2c)] = (2, 2, "i2c:1/0x3c"),
        [(DeviceKind.Bus, Spi)] = (1, 1, "spi:0.0"),
        [(DeviceKind.Bus, Serial)] = (2, 2, "serial:ttyUSB0/9600"),
        [(DeviceKind.Camera, Video)] = (1, 1, "video:video0"),
    }.ToFrozenDictionary();

    private DeviceAddress(string way, IReadOnlyList<string> parts) => (Way, Parts) = (way, parts);

    /// <summary>One of the ways above.</summary>
    public string Way { get; }

    /// <summary>What follows, part by part.</summary>
    public IReadOnlyList<string> Parts { get; }

    /// <summary>The forms of addresses, for a message.</summary>
    public static string Forms(DeviceKind kind) => string.Join(", ", Ways.Where(way => way.Key.Item1 == kind).Select(way => way.Value.Form).Order(StringComparer.Ordinal));

    /// <summary>Reads an address of a kind; says what is wrong where it is none.</summary>
    public static DeviceAddress? Read(string text, DeviceKind kind, out string? fault)
    {
        fault = null;
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0 || !Ways.TryGetValue((kind, text[..colon]), out var way))
        {
            fault = $"is no address of a {kind.ToString().ToLowerInvariant()}; there are {Forms(kind)}";
            return null;
        }
        var parts = text[(colon + 1)..].Split('/');
        if (parts.Length < way.Least || parts.Length > way.Most || !parts.All(IsName))
        {
            fault = $"is not of the form {way.Form}";
            return null;
        }
        return new DeviceAddress(text[..colon], parts);
    }

    /// <summary>As it is written.</summary>
    public override string ToString() => $"{Way}:{string.Join('/', Parts)}";

    /// <inheritdoc/>
    public bool Equals(DeviceAddress? other) => other is not null && ToString() == other.ToString();

    /// <inheritdoc/>
    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(ToString());

    // One name in a folder: nothing that leads elsewhere.
    private static bool IsName(string part) => part is not ("" or "." or "..") && part.Length <= Longest && part.All(c => c is > ' ' and < (char)127);
}
