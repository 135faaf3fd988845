using Models;

namespace Runtime.Outbox;

/// <summary>Why something did not reach its destination.</summary>
public enum DeliveryFault
{
    /// <summary>For certain it was not sent: offline mode, no network, nobody there, too busy. Later it may be.</summary>
    NotSent,

    /// <summary>It was sent, or not: nobody knows.</summary>
    Unknown,

    /// <summary>The other side does not take it, now or later.</summary>
    Refused,
}

/// <summary>Something did not reach its destination.</summary>
public sealed class DeliveryException : ModelException
{
    /// <summary>Creates the error with its message for a person.</summary>
    public DeliveryException(DeliveryFault fault, string message, Exception? inner = null) : base(message, inner) => Fault = fault;

    /// <summary>Why.</summary>
    public DeliveryFault Fault { get; }

    /// <summary>What a request that failed means: whether it can have been taken.</summary>
    public static DeliveryFault FaultOf(HttpRequestException error) => error.HttpRequestError is HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError
        or HttpRequestError.SecureConnectionError or HttpRequestError.ProxyTunnelError ? DeliveryFault.NotSent : DeliveryFault.Unknown;
}
