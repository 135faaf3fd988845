using Models;

namespace Appliance.Client;

/// <summary>A gateway that could not be reached, or that said no; the message says what to do.</summary>
internal sealed class GatewayClientException : ModelException
{
    /// <summary><see cref="Code"/> where nobody listens.</summary>
    public const string NotRunning = "NOT_RUNNING";

    /// <summary><see cref="Code"/> where the connection ended before the answer came.</summary>
    public const string Closed = "CLOSED";

    /// <summary>The error with its message for a person.</summary>
    public GatewayClientException(string code, string message, Exception? inner = null) : base(message, inner) => Code = code;

    /// <summary>The gateway's own code, or one of the constants here.</summary>
    public string Code { get; }
}
