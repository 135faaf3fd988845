namespace Runtime.Hardware.Devices;

/// <summary>One open pin: it stays the box's own until it is disposed of. Not safe for several threads.</summary>
public interface IPin : IDisposable
{
    /// <summary>True where it knows more than on and off.</summary>
    bool IsDimmed { get; }

    /// <summary>What it is at, percent: 0 is off, 100 is on.</summary>
    /// <exception cref="HardwareException">It does not tell.</exception>
    int Read();

    /// <summary>Sets it, percent; one that is not dimmed is off at 0 and on at everything else.</summary>
    /// <exception cref="HardwareException">It cannot be set.</exception>
    void Write(int percent);

    /// <summary>Begins to tell of changes, from a thread of its own; what it is at comes along, percent. Once.</summary>
    /// <exception cref="HardwareException">It cannot tell.</exception>
    void Watch(Action<int> changed);
}
