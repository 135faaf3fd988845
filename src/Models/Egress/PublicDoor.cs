using System.Net;
using System.Net.Security;
using System.Net.Sockets;

namespace Models.Egress;

/// <summary>
/// The way out for addresses that somebody else chose: a page's link, a model's idea. It leads to the public Internet and nowhere else. A
/// name is resolved once, every address it has must be public, and the connection goes to one of these, so that nothing changes between
/// the check and the connection. No proxy is used: it would resolve names again. Safe for several threads.
/// </summary>
public sealed class PublicDoor : IDisposable
{
    private readonly EgressPolicy _policy;
    private readonly Func<string, CancellationToken, Task<IPAddress[]>> _resolve;
    private readonly Func<IPAddress, bool> _isPublic;
    private readonly SocketsHttpHandler _sockets;

    /// <summary>Opens the door with the owner's rules.</summary>
    public PublicDoor(EgressPolicy policy) : this(policy, Dns.GetHostAddressesAsync, PublicAddress.Is) { }

    /// <param name="policy">The rules.</param>
    /// <param name="resolve">Resolves a name.</param>
    /// <param name="isPublic">True for an address that may be reached.</param>
    internal PublicDoor(EgressPolicy policy, Func<string, CancellationToken, Task<IPAddress[]>> resolve, Func<IPAddress, bool> isPublic)
    {
        (_policy, _resolve, _isPublic) = (policy, resolve, isPublic);
        _sockets = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            AutomaticDecompression = DecompressionMethods.None,
            ConnectTimeout = TimeSpan.FromSeconds(10),
            // Not kept: the next fetch resolves its name anew.
            PooledConnectionLifetime = TimeSpan.Zero,
            MaxResponseHeadersLength = 32,
            ConnectCallback = (context, cancellation) => ConnectAsync(context.DnsEndPoint, cancellation),
        };
    }

    /// <summary>A client whose every request, and every redirect it follows, stays outside. At most ten redirects, for GET and HEAD alone.</summary>
    /// <exception cref="EgressException">Thrown by the client's calls where an address is not public or the rules forbid it.</exception>
    public HttpClient CreateHttpClient() => new(new EgressHandler(_policy, _sockets), disposeHandler: false) { Timeout = TimeSpan.FromSeconds(30) };

    /// <summary>How the other side proves who it is: as this machine has it; tests vouch for a server of their own.</summary>
    internal SslClientAuthenticationOptions Tls => _sockets.SslOptions;

    /// <summary>The owner's rules.</summary>
    public EgressPolicy Policy => _policy;

    /// <summary>Closes all connections.</summary>
    public void Dispose() => _sockets.Dispose();

    /// <summary>Opens a TCP connection to a machine of the public Internet.</summary>
    /// <exception cref="EgressException">The address is not public, or the rules forbid it.</exception>
    /// <exception cref="SocketException">The other side cannot be reached.</exception>
    public async ValueTask<Stream> ConnectAsync(DnsEndPoint address, CancellationToken cancellation)
    {
        if (_policy.Offline) throw new EgressException($"Offline mode is on, so {address.Host} was not contacted.");
        var host = address.Host.Trim('[', ']');
        var addresses = IPAddress.TryParse(host, out var literal) ? [literal] : await ResolveAsync(host, cancellation);
        // The same words for all: who asks learns nothing of what is inside.
        if (addresses.Length == 0 || !addresses.All(_isPublic)) throw new EgressException($"{address.Host} is not an address of the public Internet; it was not contacted.");
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(addresses, address.Port, cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private async Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancellation)
    {
        try { return await _resolve(host, cancellation); }
        catch (SocketException) { return []; }
    }
}
