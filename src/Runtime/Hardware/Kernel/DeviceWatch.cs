namespace Runtime.Hardware.Kernel;

/// <summary>A thread that waits for a device to have something to read, until it is disposed of.</summary>
internal sealed class DeviceWatch : IDisposable
{
    // It calls the kernel and tells: it needs no more.
    private const int Stack = 256 * 1024;

    private readonly DeviceFile _stop;
    private readonly Thread _thread;

    /// <summary>Begins to wait.</summary>
    /// <param name="file">The device; it must stay open longer than this.</param>
    /// <param name="read">Reads what is there. What it throws as a <see cref="HardwareException"/> ends the watch.</param>
    /// <param name="name">For those who look at threads.</param>
    public DeviceWatch(DeviceFile file, Action read, string name)
    {
        _stop = DeviceFile.Of(Libc.EventFile(0, Libc.CloseOnExec), "eventfd");
        _thread = new Thread(() => Run(file, read), Stack) { IsBackground = true, Name = name };
        _thread.Start();
    }

    /// <summary>Ends it, and waits until it has.</summary>
    public void Dispose()
    {
        _stop.Write(BitConverter.GetBytes(1UL));
        if (Thread.CurrentThread != _thread) _thread.Join();
        _stop.Dispose();
    }

    private void Run(DeviceFile file, Action read)
    {
        try
        {
            while (file.Wait(Timeout.InfiniteTimeSpan, _stop)) read();
        }
        catch (HardwareException)
        {
            // It was unplugged: whoever reads the pin next hears why.
        }
    }
}
