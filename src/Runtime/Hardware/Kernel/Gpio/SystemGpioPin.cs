using System.Device.Gpio;
using System.Globalization;
using Runtime.Hardware.Board;
using Runtime.Hardware.Devices;

namespace Runtime.Hardware.Kernel.Gpio;

/// <summary>
/// A pin by Microsoft's System.Device.Gpio, whose drivers serve what <see cref="GpioPin"/> cannot: kernels before 5.10, by libgpiod's older
/// version or by <c>/sys/class/gpio</c>, and boards whose chip it drives itself. Compiled only where the package is (docs/adr/0021).
/// </summary>
internal sealed class SystemGpioPin : IPin
{
    private readonly GpioController _controller;
    private readonly PinSettings _settings;
    private readonly int _number;
    private PinChangeEventHandler? _heard;

    private SystemGpioPin(GpioController controller, PinSettings settings, int number) => (_controller, _settings, _number) = (controller, settings, number);

    public bool IsDimmed => false;

    /// <summary>Opens the pin by the driver that the library takes for this machine.</summary>
    /// <exception cref="HardwareException">No driver of it serves this machine, or the pin cannot be had.</exception>
    public static SystemGpioPin Open(PinSettings settings, int? initial) => Open(settings, initial, () => new GpioController());

    /// <summary>Opens the pin by a driver of the caller's.</summary>
    /// <exception cref="HardwareException">The pin cannot be had.</exception>
    internal static SystemGpioPin Open(PinSettings settings, int? initial, Func<GpioController> make)
    {
        if (!int.TryParse(settings.At.Parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var number)) throw new HardwareException($"{settings.At.Parts[0]} is no number of a pin.");
        if (settings.Debounce > TimeSpan.Zero) throw new HardwareException("System.Device.Gpio knows no debouncing: leave debounceMs out, or name the line as the kernel does, gpio:gpiochip0/17.");
        return Try($"{settings.At} cannot be opened", () =>
        {
            var controller = make();
            try
            {
                var pin = new SystemGpioPin(controller, settings, number);
                if (initial is { } percent && settings.IsOutput) controller.OpenPin(number, PinMode.Output, pin.Level(percent > 0));
                else
                {
                    controller.OpenPin(number);
                    // An output that is to be left as it is stays what it is where it is one.
                    if (!settings.IsOutput || controller.GetPinMode(number) != PinMode.Output) controller.SetPinMode(number, Mode(settings));
                }
                return pin;
            }
            catch
            {
                controller.Dispose();
                throw;
            }
        });
    }

    public int Read() => Try($"{_settings.At} cannot be read", () => _controller.Read(_number) == Level(true) ? PinLevel.On : PinLevel.Off);

    public void Write(int percent) => Try($"{_settings.At} cannot be set", () =>
    {
        _controller.Write(_number, Level(percent > 0));
        return true;
    });

    public void Watch(Action<int> changed)
    {
        _heard = (_, happened) => changed((happened.ChangeType == PinEventTypes.Rising) != _settings.IsActiveLow ? PinLevel.On : PinLevel.Off);
        Try($"{_settings.At} cannot be listened to", () =>
        {
            _controller.RegisterCallbackForPinValueChangedEvent(_number, PinEventTypes.Rising | PinEventTypes.Falling, _heard);
            return true;
        });
    }

    public void Dispose()
    {
        if (_heard is not null) _controller.UnregisterCallbackForPinValueChangedEvent(_number, _heard);
        _controller.Dispose();
    }

    private PinValue Level(bool isOn) => isOn != _settings.IsActiveLow ? PinValue.High : PinValue.Low;

    private static PinMode Mode(PinSettings settings) => (settings.IsOutput, settings.Bias) switch
    {
        (true, _) => PinMode.Output,
        (_, PinBias.PullUp) => PinMode.InputPullUp,
        (_, PinBias.PullDown) => PinMode.InputPullDown,
        _ => PinMode.Input,
    };

    // Each driver has its own ways to fail: a library or a file that is not there, a pin that is in use, a mode that the chip has not.
    private static T Try<T>(string what, Func<T> action)
    {
        try { return action(); }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidOperationException or NotSupportedException or ArgumentException or TimeoutException or TypeLoadException)
        {
            throw new HardwareException($"{what} by System.Device.Gpio: {e.Message}", e);
        }
    }
}
