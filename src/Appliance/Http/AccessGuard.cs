using System.Net;
using System.Security.Cryptography;
using System.Text;
using Models;

namespace Appliance.Http;

/// <summary>
/// Who may talk to this server. On loopback: programs of this machine, but not web pages, neither by DNS rebinding (a Host header that
/// names something else) nor across origins. Beyond loopback: only who has the token. Immutable and safe for several threads.
/// </summary>
internal sealed class AccessGuard
{
    /// <summary>Environment variable with the secret every request must carry as <c>Authorization: Bearer</c>.</summary>
    public const string TokenVariable = "APPLIANCE_GATEWAY_TOKEN";

    private const int ShortestToken = 32;
    private readonly bool _loopback;
    private readonly byte[]? _tokenHash;

    private AccessGuard(bool loopback, byte[]? tokenHash) => (_loopback, _tokenHash) = (loopback, tokenHash);

    /// <summary>The guard of a server that listens on <paramref name="address"/>.</summary>
    /// <exception cref="ModelException">The address is not loopback and there is no token, or the token is too short.</exception>
    public static AccessGuard Create(IPAddress address, string? token)
    {
        var loopback = IPAddress.IsLoopback(address);
        if (string.IsNullOrEmpty(token))
        {
            return loopback ? new(loopback, null) : throw new ModelException(
                $"Listening on {address} would open this machine to the network without a secret. Set {TokenVariable} to a secret of at " +
                $"least {ShortestToken} characters (`openssl rand -hex 32` makes one), or leave out --bind.");
        }
        if (token.Length < ShortestToken)
            throw new ModelException($"{TokenVariable} is too short to be a secret: it needs at least {ShortestToken} characters. `openssl rand -hex 32` makes one.");
        return new(loopback, Hash(token));
    }

    /// <summary>Lets a request pass or refuses it.</summary>
    /// <exception cref="ApiException">401 without the token, 403 for a web page's request.</exception>
    public void Check(HttpRequest request)
    {
        if (_loopback && !IsLocalName(request.Host.Host))
            throw new ApiException(StatusCodes.Status403Forbidden, $"The Host header '{request.Host.Host}' is not an address of this server. Use http://127.0.0.1.");

        foreach (var origin in request.Headers.Origin)
        {
            if (!IsSameOrigin(origin, request.Host.Value))
                throw new ApiException(StatusCodes.Status403Forbidden, "Requests of web pages from elsewhere are refused.");
        }

        if (_tokenHash is not null && !HasToken(request))
        {
            request.HttpContext.Response.Headers.WWWAuthenticate = "Bearer";
            throw new ApiException(StatusCodes.Status401Unauthorized, "This server needs its token: Authorization: Bearer TOKEN.", null, "invalid_api_key");
        }
    }

    /// <summary>Only names can be rebound; an address literal or localhost cannot.</summary>
    private static bool IsLocalName(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || IPAddress.TryParse(host, out _);

    private static bool IsSameOrigin(string? origin, string? host) =>
        string.Equals(origin, "http://" + host, StringComparison.OrdinalIgnoreCase) ||
        string.Equals(origin, "https://" + host, StringComparison.OrdinalIgnoreCase);

    private bool HasToken(HttpRequest request)
    {
        const string scheme = "Bearer ";
        var header = request.Headers.Authorization.ToString();
        return header.StartsWith(scheme, StringComparison.OrdinalIgnoreCase)
            && CryptographicOperations.FixedTimeEquals(Hash(header[scheme.Length..].Trim()), _tokenHash);
    }

    /// <summary>Hashes have one length, so that comparing them does not tell the token's.</summary>
    private static byte[] Hash(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));
}
