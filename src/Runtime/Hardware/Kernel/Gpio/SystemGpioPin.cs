using System.Device.Gpio;
using System.Device.Gpio.Drivers;
using System.Globalization;
using Runtime.Hardware.Board;
using Runtime.Hardware.Devices;

namespace Runtime.Hardware.Kernel.Gpio;

/// <summary>
/// A line by Microsoft's System.Device.Gpio and its driver over version 1 of libgpiod, which serves kernels that <see cref="GpioPin"/> cannot:
/// those before 5.10. Its other drivers are left out, for they are not made for native publishing. Compiled only where the package is
/// (docs/adr/0021).
/// </summary>
internal sealed class SystemGpioPin : IPin
{
    private readonly GpioController _controller;
    private readonly PinSettings _settings;
    private readonly int _number;
    private PinChangeEventHandler? _heard;

    private SystemGpioPin(GpioController controller, PinSettings settings, int number) => (_controller, _settings, _number) = (controller, settings, number);

    public bool IsDimmed => false;

    /// <summary>Opens the line.</summary>
    /// <exception cref="HardwareException">There is no libgpiod of version 1, no such line, or it cannot be had.</exception>
    public static SystemGpioPin Open(PinSettings settings, int? initial) => Open(settings, initial, chip => new LibGpiodDriver(chip));

    /// <summary>Opens the line by a driver of the caller's, who says it for the chip's number.</summary>
    /// <exception cref="HardwareException">The line cannot be had.</exception>
    internal static SystemGpioPin Open(PinSettings settings, int? initial, Func<int, GpioDriver> driver)
    {
        var (chip, number) = (Number(settings.At.Parts[0]), Number(settings.At.Parts[1]));
        if (settings.Debounce > TimeSpan.Zero) throw new HardwareException("System.Device.Gpio knows no debouncing: leave debounceMs out, or name the line as the kernel does, gpio:gpiochip0/17.");
        return Try($"{settings.At} cannot be opened", () =>
        {
            var controller = new GpioController(driver(chip));
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

    private static int Number(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : throw new HardwareException($"{text} is no number of a chip or a line: sdg:0/17 is line 17 of the first chip.");

    private PinValue Level(bool isOn) => isOn != _settings.IsActiveLow ? PinValue.High : PinValue.Low;

    private static PinMode Mode(PinSettings settings) => (settings.IsOutput, settings.Bias) switch
    {
        (true, _) => PinMode.Output,
        (_, PinBias.PullUp) => PinMode.InputPullUp,
        (_, PinBias.PullDown) => PinMode.InputPullDown,
        _ => PinMode.Input,
    };

    // It has its own ways to fail for each: a library or a chip that is not there, a line that is in use, a bias that the chip has not.
    private static T Try<T>(string what, Func<T> action)
    {
        try { return action(); }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidOperationException or NotSupportedException or ArgumentException or TimeoutException or TypeLoadException)
        {
            throw new HardwareException($"{what} by System.Device.Gpio: {e.Message}", e);
        }
    }
}
