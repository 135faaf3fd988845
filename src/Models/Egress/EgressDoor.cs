using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;

namespace Models.Egress;

/// <summary>
/// The one door out: every outbound connection of the program is opened here and checked against the owner's rules, so that offline
/// mode has one lock. Certificates are always verified (more roots by OpenSSL's <c>SSL_CERT_FILE</c>); <c>HTTPS_PROXY</c>,
/// <c>HTTP_PROXY</c>, <c>ALL_PROXY</c> and <c>NO_PROXY</c> are honoured, except that this machine is never reached through a proxy.
/// Safe for several threads.
/// </summary>
public sealed class EgressDoor : IDisposable
{
    /// <summary>Largest body that <see cref="HttpClient"/>'s buffering calls (<c>GetStringAsync</c>, …) accept, bytes.</summary>
    public const int MaxBufferedBody = 16 << 20;

    private static readonly string Agent = $"appliance/{typeof(EgressDoor).Assembly.GetName().Version?.ToString(3) ?? "0"}";
    private readonly SocketsHttpHandler _sockets;

    /// <summary>Opens the door with the given rules.</summary>
    public EgressDoor(EgressPolicy policy) : this(policy, trusted: null) { }

    /// <param name="policy">The rules.</param>
    /// <param name="trusted">The only roots to trust, for tests; null trusts the system's.</param>
    internal EgressDoor(EgressPolicy policy, X509Certificate2Collection? trusted)
    {
        Policy = policy;
        _sockets = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            AutomaticDecompression = DecompressionMethods.None,
            ConnectTimeout = TimeSpan.FromSeconds(15),
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            MaxConnectionsPerServer = 16,
            Proxy = new ProxyForOthers(HttpClient.DefaultProxy),
            ConnectCallback = (context, cancellation) => ConnectAsync(context.DnsEndPoint, cancellation),
        };
        if (trusted is null) return;
        var chain = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        chain.CustomTrustStore.AddRange(trusted);
        _sockets.SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = chain };
    }

    /// <summary>The owner's rules.</summary>
    public EgressPolicy Policy { get; }

    /// <summary>
    /// A client whose every request, and every redirect it follows, passes the rules. Redirects are followed for GET and HEAD, at most
    /// ten, never from https to http, and credentials stay with the host they were meant for. Clients share connections; dispose at will.
    /// </summary>
    /// <exception cref="EgressException">Thrown by the client's calls when the rules do not allow the address.</exception>
    public HttpClient CreateHttpClient() => Create(only: null);

    /// <summary>
    /// A client for one address that the owner configured, on their own network perhaps: it reaches that host, port and scheme and nothing
    /// else, and follows no redirects.
    /// </summary>
    /// <exception cref="EgressException">Thrown by the client's calls when the rules do not allow the address, or it is another.</exception>
    public HttpClient CreateHttpClient(Uri only) => Create(only);

    private HttpClient Create(Uri? only)
    {
        var client = new HttpClient(new EgressHandler(Policy, _sockets, only), disposeHandler: false) { MaxResponseContentBufferSize = MaxBufferedBody };
        client.DefaultRequestHeaders.UserAgent.ParseAdd(Agent);
        return client;
    }

    /// <summary>Opens a TCP connection. Offline it goes to this machine only, without asking a name server.</summary>
    /// <exception cref="EgressException">The rules do not allow it.</exception>
    /// <exception cref="SocketException">The other side cannot be reached.</exception>
    public async ValueTask<Stream> ConnectAsync(DnsEndPoint address, CancellationToken cancellation = default)
    {
        var here = EgressPolicy.IsThisMachine(address.Host);
        if (Policy.Offline && !here) throw new EgressException($"Offline mode is on, so {address.Host} was not contacted.");
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            if (!here) await socket.ConnectAsync(address, cancellation);
            else await socket.ConnectAsync(LoopbackAddresses(address.Host), address.Port, cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch (Exception e)
        {
            socket.Dispose();
            if (e is not SocketException { SocketErrorCode: SocketError.AccessDenied }) throw;
            throw new EgressException($"The kernel does not let this program connect to {address.Host}, port {address.Port}: it began in offline mode, or a filter holds it. Stop the gateway and start it anew where that has changed.");
        }
    }

    /// <summary>Opens a Unix socket: its other end is on this machine, so that no rule is asked.</summary>
    /// <exception cref="SocketException">Nobody listens there.</exception>
    public static async ValueTask<Socket> ConnectAsync(UnixDomainSocketEndPoint address, CancellationToken cancellation = default)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(address, cancellation);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Closes all connections.</summary>
    public void Dispose() => _sockets.Dispose();

    private static IPAddress[] LoopbackAddresses(string host) =>
        IPAddress.TryParse(host.Trim('[', ']'), out var ip) ? [ip] : [IPAddress.Loopback, IPAddress.IPv6Loopback];

    private sealed class ProxyForOthers(IWebProxy proxy) : IWebProxy
    {
        public ICredentials? Credentials { get => proxy.Credentials; set => proxy.Credentials = value; }

        public Uri? GetProxy(Uri destination) => IsBypassed(destination) ? null : proxy.GetProxy(destination);

        public bool IsBypassed(Uri host) => EgressPolicy.IsThisMachine(host.IdnHost) || proxy.IsBypassed(host);
    }
}
