using Models;

namespace Runtime.Hardware;

/// <summary>What a device did not do, or is not allowed to be used for; the message says why and what helps.</summary>
public sealed class HardwareException : ModelException
{
    /// <summary>Creates the error with its message.</summary>
    public HardwareException(string message, Exception? inner = null) : base(message, inner) { }
}
