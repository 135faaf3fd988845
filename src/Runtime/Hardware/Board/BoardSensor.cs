using Runtime.Hardware.Devices;

namespace Runtime.Hardware.Board;

/// <summary>A sensor of the board: opened when it is first read; one that failed is opened anew. Safe for several threads.</summary>
internal sealed class BoardSensor(SensorSettings settings, IDeviceSource source) : IDisposable
{
    private readonly Lock _lock = new();
    private ISensor? _sensor;
    private bool _isClosed;

    public SensorSettings Settings => settings;

    public SensorState State()
    {
        lock (_lock)
        {
            if (_isClosed) return new(settings, null, "the settings changed, or the box ends");
            try
            {
                _sensor ??= source.Open(settings);
                return new(settings, _sensor.Read(), null);
            }
            catch (HardwareException e)
            {
                _sensor?.Dispose();
                _sensor = null;
                return new(settings, null, e.Message);
            }
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _isClosed = true;
            _sensor?.Dispose();
        }
    }
}
