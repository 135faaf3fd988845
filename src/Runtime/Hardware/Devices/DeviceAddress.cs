using System.Collections.Frozen;

namespace Runtime.Hardware.Devices;

/// <summary>
/// Where a pin or a sensor is, as its owner writes it: a way and what is found there, <c>gpio:gpiochip0/17</c>, <c>w1:28-00000a</c>. Every
/// part is one name of a folder or a number, so that no address leads out of the folder it belongs to. Immutable.
/// </summary>
public sealed record DeviceAddress
{
    /// <summary>A line of a GPIO chip: <c>gpio:gpiochip0/17</c>, or by its name, <c>gpio:GPIO17</c>.</summary>
    public const string Gpio = "gpio";

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

    /// <summary>A chip on I2C that is read here: <c>i2c:1/0x48/lm75</c>.</summary>
    public const string I2c = "i2c";

    /// <summary>A channel of a converter on SPI: <c>spi:0.0/mcp3008/3</c>.</summary>
    public const string Spi = "spi";

    /// <summary>Numbers that somebody writes line by line: <c>serial:ttyUSB0/9600</c>.</summary>
    public const string Serial = "serial";

    private const int Longest = 64;

    // How many parts each way has, and whether it leads to a pin or a sensor.
    private static readonly FrozenDictionary<string, (int Least, int Most, bool IsPin, string Form)> Ways = new Dictionary<string, (int, int, bool, string)>
    {
        [Gpio] = (1, 2, true, "gpio:gpiochip0/17 or gpio:NAME"),
        [Pwm] = (2, 2, true, "pwm:pwmchip0/1"),
        [Led] = (1, 1, true, "led:NAME"),
        [Key] = (2, 2, true, "key:event0/28"),
        [OneWire] = (1, 1, false, "w1:28-0316a279c3ff"),
        [Hwmon] = (2, 2, false, "hwmon:lm75/temp1"),
        [Iio] = (2, 2, false, "iio:bme280/temp"),
        [I2c] = (3, 3, false, "i2c:1/0x48/lm75"),
        [Spi] = (3, 3, false, "spi:0.0/mcp3008/3"),
        [Serial] = (2, 2, false, "serial:ttyUSB0/9600"),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private DeviceAddress(string way, IReadOnlyList<string> parts) => (Way, Parts) = (way, parts);

    /// <summary>One of the ways above.</summary>
    public string Way { get; }

    /// <summary>What follows, part by part.</summary>
    public IReadOnlyList<string> Parts { get; }

    /// <summary>The forms of addresses, for a message.</summary>
    public static string Forms(bool isPin) => string.Join(", ", Ways.Values.Where(way => way.IsPin == isPin).Select(way => way.Form).Order(StringComparer.Ordinal));

    /// <summary>Reads an address of a pin or of a sensor; says what is wrong where it is none.</summary>
    public static DeviceAddress? Read(string text, bool isPin, out string? fault)
    {
        fault = null;
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0 || !Ways.TryGetValue(text[..colon], out var way) || way.IsPin != isPin)
        {
            fault = $"is no address of a {(isPin ? "pin" : "sensor")}; there are {Forms(isPin)}";
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
