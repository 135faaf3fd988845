using Appliance.Client;
using Appliance.Gateway.Identity;
using Appliance.Hosting;
using Models;

namespace Appliance.Network.Tailscale;

/// <summary>What a running gateway says of its own claim of Tailscale. Immutable.</summary>
/// <param name="Port">The port it listens on.</param>
/// <param name="Mode">off, serve or funnel: what it claims, or tries to.</param>
/// <param name="Address">Where it is found; null where the claim is not in force.</param>
/// <param name="Problem">Why it is not.</param>
internal sealed record GatewayClaim(int Port, string Mode, string? Address, string? Problem)
{
    /// <summary>Asks the gateway of a home; null where none runs.</summary>
    /// <exception cref="ModelException">One runs and cannot be asked.</exception>
    public static async Task<GatewayClaim?> AskAsync(string home, CancellationToken cancellation)
    {
        if (LocalSocket.IsFree(home)) return null;
        try
        {
            await using var client = await GatewayClient.ConnectAsync(GatewayTarget.Find(home, null, null), [Scope.Read], cancellation);
            var box = await client.RequestAsync("appliance.snapshot", cancellation: cancellation);
            return Uri.TryCreate(box.Text("address"), UriKind.Absolute, out var at) ? new(at.Port, box.Text("tailscaleMode") ?? "off", box.Text("tailscaleAddress"), box.Text("tailscaleProblem")) : null;
        }
        catch (GatewayClientException e) when (e.Code is GatewayClientException.NotRunning or GatewayClientException.Closed)
        {
            return null;
        }
    }
}
