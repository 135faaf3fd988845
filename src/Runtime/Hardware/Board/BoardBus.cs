using Runtime.Hardware.Devices;

namespace Runtime.Hardware.Board;

/// <summary>
/// A chip or a port of the board: opened when it is first used, and kept open, for a serial port that is opened resets many a board behind it;
/// one that failed is opened anew. Safe for several threads.
/// </summary>
internal sealed class BoardBus(BusSettings settings, IDeviceSource source) : IDisposable
{
    private readonly Lock _lock = new();
    private IBus? _bus;
    private bool _isClosed;

    public BusSettings Settings => settings;

    /// <inheritdoc cref="IBus.Transfer"/>
    public byte[] Transfer(ReadOnlySpan<byte> write, int read)
    {
        lock (_lock)
        {
            if (_isClosed) throw new HardwareException($"{settings.Name} was closed: the settings changed, or the box ends.");
            try
            {
                _bus ??= source.Open(settings);
                return _bus.Transfer(write, read);
            }
            catch (HardwareException)
            {
                _bus?.Dispose();
                _bus = null;
                throw;
            }
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _isClosed = true;
            _bus?.Dispose();
        }
    }
}
