using Appliance.Gateway.Protocol;

namespace Appliance.Gateway.Connections;

/// <summary>What a connection hands its requests to.</summary>
internal interface IConnectionHandler
{
    /// <summary>Answers the first request, <c>connect</c>.</summary>
    /// <exception cref="GatewayException">Refused; the connection answers with it and closes.</exception>
    void Welcome(GatewayConnection connection, RequestFrame request);

    /// <summary>Answers a request. Never throws.</summary>
    Task HandleAsync(GatewayConnection connection, RequestFrame request);
}
