using System.Device.Gpio;
using Runtime.Hardware;
using Runtime.Hardware.Board;
using Runtime.Hardware.Kernel;
using Runtime.Hardware.Kernel.Gpio;
using Runtime.Tests.Hardware.Board;

namespace Runtime.Tests.Hardware.Kernel;

/// <summary>The adapter over System.Device.Gpio, on a chip of the library's own kind that is only remembered. Compiled where the package is.</summary>
public sealed class SystemGpioPinTests
{
    private static readonly PinSettings Lamp = new("lamp", BoardBench.At("sdg:2/17")) { IsOutput = true };
    private static readonly PinSettings Door = new("door", BoardBench.At("sdg:2/4"));

    private readonly Chip _chip = new();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Output_Opened_IsAtItsFirstValueFromTheStart_AndIsSetAndRead(bool isActiveLow)
    {
        using (var pin = Open(Lamp with { IsActiveLow = isActiveLow }, 100))
        {
            Assert.Equal([$"17 Output {(isActiveLow ? "Low" : "High")}"], _chip.Done);
            Assert.Equal((100, false), (pin.Read(), pin.IsDimmed));

            pin.Write(0);

            Assert.Equal((0, isActiveLow ? PinValue.High : PinValue.Low), (pin.Read(), _chip.Levels[17]));
            pin.Write(100);
            Assert.Equal((100, isActiveLow ? PinValue.Low : PinValue.High), (pin.Read(), _chip.Levels[17]));
        }
        Assert.Empty(_chip.Modes);
        Assert.True(_chip.IsDisposed);
    }

    [Fact]
    public void Output_ThatIsToBeLeftAsItIs_IsNotSet()
    {
        _chip.Before[17] = PinMode.Output;
        _chip.Levels[17] = PinValue.High;

        using var pin = Open(Lamp, null);

        Assert.Empty(_chip.Done);
        Assert.Equal(100, pin.Read());
    }

    [Theory]
    [InlineData(PinBias.AsIs, PinMode.Input)]
    [InlineData(PinBias.None, PinMode.Input)]
    [InlineData(PinBias.PullUp, PinMode.InputPullUp)]
    [InlineData(PinBias.PullDown, PinMode.InputPullDown)]
    public void Input_Opened_HasItsBias(PinBias bias, PinMode mode)
    {
        using var pin = Open(Door with { Bias = bias }, null);

        Assert.Equal([$"4 {mode}"], _chip.Done);
        Assert.Equal(0, pin.Read());
        _chip.Change(4, PinValue.High);
        Assert.Equal(100, pin.Read());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Input_Watched_TellsOfEveryEdge(bool isActiveLow)
    {
        var heard = new List<int>();
        using (var pin = Open(Door with { IsActiveLow = isActiveLow }, null))
        {
            pin.Watch(heard.Add);
            _chip.Change(4, PinValue.High);
            _chip.Change(4, PinValue.Low);
            _chip.Change(4, PinValue.High);
        }
        Assert.Equal(isActiveLow ? [0, 100, 0] : [100, 0, 100], heard);
        _chip.Change(4, PinValue.Low);
        Assert.Equal(3, heard.Count);
    }

    [Fact]
    public void Pin_ThatCannotBeHad_SaysWhy()
    {
        _chip.Fault = new IOException("somebody has it");
        Assert.Equal("sdg:2/4 cannot be opened by System.Device.Gpio: somebody has it", Fault(() => Open(Door, null)));
        Assert.True(_chip.IsDisposed);
        Assert.Equal("sdg:2/4 cannot be opened by System.Device.Gpio: no driver", Fault(() => SystemGpioPin.Open(Door, null, _ => throw new PlatformNotSupportedException("no driver"))));
        Assert.Equal("x is no number of a chip or a line: sdg:0/17 is line 17 of the first chip.", Fault(() => Open(Door with { At = BoardBench.At("sdg:2/x") }, null)));
        Assert.Contains("no debouncing", Fault(() => Open(Door with { Debounce = TimeSpan.FromMilliseconds(5) }, null)), StringComparison.Ordinal);
    }

    // Whatever this machine has or has not: it is the library that is asked, and what it has not is said.
    [Fact]
    public void Address_OfThisMachine_IsTheLibrarys()
    {
        var settings = Door with { At = BoardBench.At("sdg:0/100000") };
        Assert.Contains("by System.Device.Gpio", Fault(() => new KernelDevices().Open(settings, null)), StringComparison.Ordinal);
    }

    private SystemGpioPin Open(PinSettings settings, int? initial) => SystemGpioPin.Open(settings, initial, chip => chip == 2 ? _chip : throw new ArgumentException($"there is no chip {chip}"));

    private static string Fault(Func<object> action) => Assert.Throws<HardwareException>(() => { action(); }).Message;

    private sealed class Chip : GpioDriver
    {
        private readonly Dictionary<int, List<(PinEventTypes Of, PinChangeEventHandler Heard)>> _watched = [];

        public Dictionary<int, PinMode> Modes { get; } = [];

        public Dictionary<int, PinMode> Before { get; } = [];

        public Dictionary<int, PinValue> Levels { get; } = [];

        public List<string> Done { get; } = [];

        public Exception? Fault { get; set; }

        public bool IsDisposed { get; private set; }

        protected override int PinCount => 32;

        /// <summary>The world changes it.</summary>
        public void Change(int pin, PinValue level)
        {
            Levels[pin] = level;
            var edge = level == PinValue.High ? PinEventTypes.Rising : PinEventTypes.Falling;
            foreach (var (of, heard) in _watched.GetValueOrDefault(pin, []).ToList())
            {
                if (of.HasFlag(edge)) heard(this, new PinValueChangedEventArgs(edge, pin));
            }
        }

        protected override void OpenPin(int pinNumber) => Modes[pinNumber] = Fault is null ? Before.GetValueOrDefault(pinNumber, PinMode.Input) : throw Fault;

        protected override void ClosePin(int pinNumber) => Modes.Remove(pinNumber);

        protected override PinMode GetPinMode(int pinNumber) => Modes[pinNumber];

        protected override bool IsPinModeSupported(int pinNumber, PinMode mode) => true;

        protected override void SetPinMode(int pinNumber, PinMode mode)
        {
            Modes[pinNumber] = mode;
            Done.Add($"{pinNumber} {mode}");
        }

        protected override void SetPinMode(int pinNumber, PinMode mode, PinValue initialValue)
        {
            (Modes[pinNumber], Levels[pinNumber]) = (mode, initialValue);
            Done.Add($"{pinNumber} {mode} {initialValue}");
        }

        protected override PinValue Read(int pinNumber) => Levels.GetValueOrDefault(pinNumber, PinValue.Low);

        protected override void Write(int pinNumber, PinValue value) => Levels[pinNumber] = Modes[pinNumber] == PinMode.Output ? value : throw new InvalidOperationException("an input");

        protected override void AddCallbackForPinValueChangedEvent(int pinNumber, PinEventTypes eventTypes, PinChangeEventHandler callback)
        {
            if (!_watched.TryGetValue(pinNumber, out var watched)) _watched[pinNumber] = watched = [];
            watched.Add((eventTypes, callback));
        }

        protected override void RemoveCallbackForPinValueChangedEvent(int pinNumber, PinChangeEventHandler callback) => _watched[pinNumber].RemoveAll(watched => watched.Heard == callback);

        protected override WaitForEventResult WaitForEvent(int pinNumber, PinEventTypes eventTypes, CancellationToken cancellationToken) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            IsDisposed = true;
            base.Dispose(disposing);
        }
    }
}
