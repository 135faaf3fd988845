using System.Net;
using System.Net.Sockets;
using Appliance.Config;
using Appliance.Config.Sections;
using Appliance.Gateway.Identity.People;
using Appliance.Gateway.Protocol;
using Appliance.Network.Tailscale;
using Microsoft.AspNetCore.Connections.Features;
using Models.Egress;
using Runtime.Audit;

namespace Appliance.Gateway.Identity.Visitors;

/// <summary>
/// Who comes by <c>tailscale serve</c>, by the headers that Tailscale's daemon puts on a request. Any program of this machine could write them too, so
/// they are believed only where the owner allows it, the gateway's own claim is tried or in force, the connection is one of root's (which the daemon runs as),
/// and the daemon itself says that the address is that person's. Safe for several threads.
/// </summary>
/// <param name="config">What is configured, from one moment to the next.</param>
/// <param name="tailnet">How it stands with the claim.</param>
/// <param name="people">Who may use this box.</param>
/// <param name="audit">Where refusals stand.</param>
/// <param name="time">The clock.</param>
internal sealed class TailnetVisitors(ConfigStore config, Func<ClaimState> tailnet, PeopleBook people, AuditLog audit, TimeProvider time) : IDisposable
{
    private const string LoginHeader = "Tailscale-User-Login", FunnelHeader = "Tailscale-Funnel-Request", ForHeader = "X-Forwarded-For", HostHeader = "X-Forwarded-Host", ProtoHeader = "X-Forwarded-Proto";

    // What Tailscale gives out (RFC 6598 and its own prefix of RFC 4193).
    private static readonly IPNetwork Tailnet4 = IPNetwork.Parse("100.64.0.0/10"), Tailnet6 = IPNetwork.Parse("fd7a:115c:a1e0::/48");

    // What a connection remembers of itself: the daemon keeps its connections and uses them for everybody who comes.
    private static readonly object IsRoots = new();

    private readonly TailnetWhois _whois = new(() => config.Config.Gateway.Tailscale.Program, time);

    /// <summary>True for a request with headers of this kind, where the owner allows that they count.</summary>
    public bool IsFor(HttpRequest request) => request.Headers.ContainsKey(LoginHeader) && config.Config.Gateway.Auth.AllowTailscale;

    /// <inheritdoc/>
    public void Dispose() => _whois.Dispose();

    /// <summary>Looks who it is. What is found is the request's from then on (<see cref="Peer.Of"/>); a refusal is audited.</summary>
    public async Task LookAsync(HttpContext context)
    {
        var visit = await DecideAsync(context);
        if (visit.Refusal is { } refusal)
        {
            audit.RecordOften(new AuditEvent(AuditKind.Access, "tailscale.identity")
            {
                By = AuditTrail.Actor(null, Peer.Of(context), "http", null),
                Decision = AuditEvent.Deny,
                Rule = refusal,
                Resource = context.Request.Headers[LoginHeader].ToString(),
            });
        }
        context.Features.Set(visit);
    }

    private async Task<TailnetVisit> DecideAsync(HttpContext context)
    {
        var (claim, headers) = (tailnet(), context.Request.Headers);
        if (headers[LoginHeader] is not [{ Length: > 0 and <= 256 } login]) return TailnetVisit.Refused(DetailCode.AuthTailscaleIdentityMissing);
        if (claim is not { Mode: TailscaleMode.Serve, Host: { } host } || headers.ContainsKey(FunnelHeader)
            || headers[HostHeader] is not [{ } forwardedHost] || !forwardedHost.Equals(host, StringComparison.OrdinalIgnoreCase)
            || headers[ProtoHeader] is not ["https"] || headers[ForHeader] is not [{ } from] || !IPAddress.TryParse(from, out var address) || !(Tailnet4.Contains(address) || Tailnet6.Contains(address))
            || !ComesFromRoot(context))
            return TailnetVisit.Refused(DetailCode.AuthTailscaleProxyMissing);
        if (await _whois.LoginOfAsync(address, context.RequestAborted) is not { } known) return TailnetVisit.Refused(DetailCode.AuthTailscaleWhoisFailed);
        if (!known.Equals(login, StringComparison.OrdinalIgnoreCase)) return TailnetVisit.Refused(DetailCode.AuthTailscaleIdentityMismatch);
        return PersonOf(known, claim) is { } person ? TailnetVisit.Of(address, person) : TailnetVisit.Refused(DetailCode.AuthUnauthorized);
    }

    /// <summary>Who somebody of the tailnet is here: the person they are named for, or the owner, who logged this machine in; nobody else is anybody.</summary>
    private string? PersonOf(string login, ClaimState claim) =>
        people.Policy.FindByTailnet(login)?.Id ?? (login.Equals(claim.Login, StringComparison.OrdinalIgnoreCase) ? Person.OwnerId : null);

    private static bool ComesFromRoot(HttpContext context)
    {
        if (context.Features.Get<IConnectionItemsFeature>()?.Items is not { } items) return false;
        if (items.TryGetValue(IsRoots, out var known)) return known is true;
        var isRoots = context.Features.Get<IConnectionSocketFeature>()?.Socket is { AddressFamily: AddressFamily.InterNetwork, RemoteEndPoint: IPEndPoint { Address: { } peer } } socket
            && IPAddress.IsLoopback(peer) && LocalPeer.IsRoots(socket);
        items[IsRoots] = isRoots;
        return isRoots;
    }
}
