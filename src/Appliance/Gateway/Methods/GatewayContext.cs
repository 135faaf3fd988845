using Appliance.Gateway.Connections;
using Appliance.Gateway.Identity;
using Appliance.Hosting;
using Models.Generation;
using Runtime.Sessions;

namespace Appliance.Gateway.Methods;

/// <summary>What the methods work with.</summary>
internal sealed record GatewayContext(
    IModelHost Models, ServerOptions Options, ConnectionHub Hub, PairingBook Pairing, SessionStore Sessions, TurnRunner Turns, GatewayLog Log, TimeProvider Time)
{
    /// <summary>Unix milliseconds.</summary>
    public long Now => Time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>Where state lives.</summary>
    public string Home => Models.Store.Home;
}
