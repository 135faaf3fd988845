using System.Globalization;
using System.Net;
using Appliance.Gateway.Identity;
using Appliance.Gateway.Identity.People;
using Appliance.Gateway.Protocol;
using Models;

namespace Appliance.Http;

/// <summary>
/// Who may talk to this server by HTTP. On loopback: programs of this machine, but not web pages, neither by DNS rebinding (a Host header
/// that names something else) nor across origins. Beyond loopback, and wherever a token was given: only who has the token. What a caller
/// then may do is the gateway's one table of scopes. Holds no state and safe for several threads.
/// </summary>
/// <param name="address">Where the server listens.</param>
/// <param name="tokenNeeded">True where a token was given.</param>
/// <param name="identity">Who may come in.</param>
/// <param name="allowedOrigins">Origins of web pages elsewhere that may come with the token, of now; null for none.</param>
/// <param name="tailnetName">This machine's name in its tailnet while Tailscale sends requests here, or null.</param>
internal sealed class AccessGuard(IPAddress address, bool tokenNeeded, GatewayIdentity identity, Func<IReadOnlyList<string>?>? allowedOrigins = null, Func<string?>? tailnetName = null)
{
    // A URL ends up in histories, logs and Referer headers.
    private static readonly string[] SecretsInUrls = ["token", "access_token", "api_key", "apikey", "password"];

    // Set by the browser itself (Fetch Metadata, W3C); a page cannot change it. "none" is what a person typed.
    private static readonly string[] OwnSites = ["same-origin", "none"];

    private readonly bool _loopback = IPAddress.IsLoopback(address);

    /// <summary>Refuses to listen where anybody could come in.</summary>
    /// <exception cref="ModelException">The address is not loopback and there is no token, or the token is too short.</exception>
    public static void RequireSafe(IPAddress address, string? token)
    {
        if (!string.IsNullOrEmpty(token)) SharedToken.RequireStrong(token);
        else if (!IPAddress.IsLoopback(address))
        {
            throw new ModelException(
                $"Listening on {address} would open this machine to the network without a secret. Set {SharedToken.Variable} to a secret of at " +
                $"least {Secret.Shortest} characters (`openssl rand -hex 32` makes one), or leave out --bind.");
        }
    }

    /// <summary>Refuses web pages from elsewhere and secrets in URLs; every door begins with it.</summary>
    /// <exception cref="ApiException">403 for a web page's request, 401 for a secret in the URL.</exception>
    public void CheckPage(HttpRequest request)
    {
        if (_loopback && !IsLocalName(request.Host.Host) && !IsTailnetName(request.Host.Host))
            throw new ApiException(StatusCodes.Status403Forbidden, $"The Host header '{request.Host.Host}' is not an address of this server. Use http://127.0.0.1.");

        foreach (var origin in request.Headers.Origin)
        {
            if (!IsSameOrigin(origin, request.Host.Value) && !IsAllowed(origin))
                throw new ApiException(StatusCodes.Status403Forbidden, "Requests of web pages from elsewhere are refused.");
        }

        if (!IsForeignPage(request) && request.Headers["Sec-Fetch-Site"] is [{ } site] && !OwnSites.Contains(site, StringComparer.Ordinal))
            throw new ApiException(StatusCodes.Status403Forbidden, "Requests of web pages from elsewhere are refused.");

        if (request.QueryString.HasValue && request.Query.Keys.Any(name => SecretsInUrls.Contains(name, StringComparer.OrdinalIgnoreCase)))
            throw new ApiException(StatusCodes.Status401Unauthorized, "A secret does not belong in a URL. Send it as the header Authorization: Bearer TOKEN.", null, "invalid_api_key");
    }

    /// <summary>Lets a request pass or refuses it.</summary>
    /// <param name="request">The request.</param>
    /// <param name="access">What is asked of those who come.</param>
    /// <returns>Who asks, and what it may do.</returns>
    /// <exception cref="ApiException">401 without the token, 403 for a web page's request, 429 after too many wrong ones.</exception>
    public Principal Check(HttpRequest request, RouteAccess access = RouteAccess.Machine)
    {
        CheckPage(request);
        var peer = Peer.Of(request.HttpContext);
        if (peer.IsOwner) return Principal.Owner;
        // Programs of this machine bring keys that other servers ask for; where no token was given, those of people alone say something. A web
        // page from elsewhere, allowed or not, is none of them.
        if (access == RouteAccess.Machine && !tokenNeeded && peer.IsDirectLoopback && !IsForeignPage(request))
            return (Token(request) is { Length: > 0 } brought ? identity.Authenticator.OfPerson(brought) : null) ?? Principal.Local;
        try
        {
            if (identity.Authenticator.Bearer(Token(request), peer) is { } principal) return principal;
        }
        catch (GatewayException e) when (e.RetryAfterMs is { } wait)
        {
            request.HttpContext.Response.Headers.RetryAfter = Math.Ceiling(wait / 1000.0).ToString(CultureInfo.InvariantCulture);
            throw new ApiException(StatusCodes.Status429TooManyRequests, "Too many wrong tokens came from your address. Try again later.", null, "rate_limit_exceeded");
        }
        catch (GatewayException)
        {
            // Wrong is told like missing.
        }
        request.HttpContext.Response.Headers.WWWAuthenticate = "Bearer";
        throw new ApiException(StatusCodes.Status401Unauthorized, "This server needs its token: Authorization: Bearer TOKEN.", null, "invalid_api_key");
    }

    /// <summary>Looks who a request says it is by Tailscale, where that counts. Web pages from elsewhere bring a token like everybody.</summary>
    /// <exception cref="ApiException">403 for a web page's request that is refused, 401 for a secret in the URL.</exception>
    public async ValueTask IdentifyAsync(HttpContext context)
    {
        if (!identity.Visitors.IsFor(context.Request)) return;
        CheckPage(context.Request);
        if (!IsForeignPage(context.Request)) await identity.Visitors.LookAsync(context);
    }

    /// <summary>Lets somebody use a route, or refuses; either stands in the audit log.</summary>
    /// <exception cref="ApiException">403 without the scope it needs, 429 for too many requests.</exception>
    public void Require(Principal principal, HttpRequest request, string path, string scope)
    {
        var (action, by) = ($"{request.Method} {path}", AuditTrail.Actor(principal, Peer.Of(request.HttpContext), "http", null));
        var decision = identity.People.Policy.Decide(principal, AccessAction.Scope, scope);
        // Whether the server is well is asked by machines for ever, and tells nothing. It is no part of anybody's budget either: who asks would
        // take a busy server for a dead one.
        var isHealth = path is "/healthz" or "/readyz";
        if (!isHealth) identity.Audit.Decided(by, action, decision.IsAllowed, decision.Rule);
        if (!decision.IsAllowed) throw new ApiException(StatusCodes.Status403Forbidden, $"missing scope: {decision.Rule}", null, "insufficient_scope");
        // Which model a request means is known to its handler alone.
        request.HttpContext.Features.Set(new ModelRights(identity.People.Policy, identity.Audit, principal, by));
        try
        {
            if (!isHealth) identity.Requests.Take(principal, request.HttpContext.Connection.Id, isSensitive: false);
        }
        catch (GatewayException e)
        {
            request.HttpContext.Response.Headers.RetryAfter = Math.Ceiling((e.RetryAfterMs ?? 1000) / 1000.0).ToString(CultureInfo.InvariantCulture);
            throw new ApiException(StatusCodes.Status429TooManyRequests, "Too many requests came from you. Try again later.", null, "rate_limit_exceeded");
        }
    }

    // The port may be another: a tunnel's other end. What a name would resolve to is not asked; names can be rebound.
    private static bool IsLocalName(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(host, out var named) && IPAddress.IsLoopback(named));

    // Nobody else has it: names below ts.net are given out by Tailscale alone, so that no page elsewhere can be rebound to it.
    private bool IsTailnetName(string host) => tailnetName?.Invoke() is { } name && host.Equals(name, StringComparison.OrdinalIgnoreCase);

    private bool IsAllowed(string? origin) => origin is not null && allowedOrigins?.Invoke()?.Contains(origin, StringComparer.Ordinal) == true;

    // What has no Origin is not allowed by one.
    private static bool IsForeignPage(HttpRequest request) => request.Headers.Origin.Any(origin => !IsSameOrigin(origin, request.Host.Value));

    private static bool IsSameOrigin(string? origin, string? host) =>
        string.Equals(origin, "http://" + host, StringComparison.OrdinalIgnoreCase) ||
        string.Equals(origin, "https://" + host, StringComparison.OrdinalIgnoreCase);

    /// <summary>The token of the header <c>Authorization: Bearer</c>; null where there is none.</summary>
    public static string? Bearer(HttpRequest request)
    {
        const string scheme = "Bearer ";
        var header = request.Headers.Authorization.ToString();
        return header.StartsWith(scheme, StringComparison.OrdinalIgnoreCase) ? header[scheme.Length..].Trim() : null;
    }

    // Or where Anthropic's clients put it.
    private static string? Token(HttpRequest request) =>
        Bearer(request) ?? (request.Headers.Authorization.Count == 0 && request.Headers["x-api-key"] is [{ } key] ? key : null);
}
