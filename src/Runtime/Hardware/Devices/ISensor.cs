namespace Runtime.Hardware.Devices;

/// <summary>Something that measures. Not safe for several threads.</summary>
public interface ISensor : IDisposable
{
    /// <summary>Measures, which may take a second.</summary>
    /// <exception cref="HardwareException">It is not there, or what it says is no measurement.</exception>
    Measurement Read();
}
