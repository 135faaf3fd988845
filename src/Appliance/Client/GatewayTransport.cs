using System.Net.Sockets;
using System.Net.WebSockets;
using Appliance.Config;
using Appliance.Gateway.Identity;
using Models.Egress;
using Models.Store;

namespace Appliance.Client;

/// <summary>The WebSocket under a <see cref="GatewayClient"/>, opened by the one door out.</summary>
internal sealed class GatewayTransport : IDisposable
{
    // What the socket's HTTP request names; on a home's own socket nobody looks it up.
    private static readonly Uri Local = new("ws://localhost/");

    private readonly EgressDoor _door;
    private readonly HttpMessageInvoker _invoker;

    private GatewayTransport(EgressDoor door, HttpMessageInvoker invoker) => (_door, _invoker) = (door, invoker);

    /// <summary>The socket, open.</summary>
    public ClientWebSocket Socket { get; } = new();

    /// <summary>The process that listens, where it is reached by a Unix socket and is in sight.</summary>
    public int? ServerPid { get; private set; }

    /// <summary>Opens it.</summary>
    /// <exception cref="GatewayClientException">Nobody is there, or nobody that speaks WebSocket.</exception>
    /// <exception cref="EgressException">The owner's rules do not let the connection out.</exception>
    public static async Task<GatewayTransport> OpenAsync(GatewayTarget target, CancellationToken cancellation)
    {
        int? pid = null;
        var door = new EgressDoor(target.Socket is null ? Outbound.In(HomeFolder.Path) : EgressPolicy.FromEnvironment());
        var transport = new GatewayTransport(door, target.Socket is { } path ? LocalInvoker(path, found => pid = found) : door.CreateHttpClient());
        try
        {
            await transport.Socket.ConnectAsync(target.Url ?? Local, transport._invoker, cancellation);
            transport.ServerPid = pid;
            return transport;
        }
        catch (WebSocketException e)
        {
            transport.Dispose();
            throw Explain(target, e);
        }
        catch
        {
            transport.Dispose();
            throw;
        }
    }

    /// <summary>Says goodbye; who does not hear it in time is left.</summary>
    public async Task CloseAsync(TimeSpan patience)
    {
        using var limit = new CancellationTokenSource(patience);
        try { await Socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, limit.Token); }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or ObjectDisposedException or IOException or InvalidOperationException) { }
        finally { Socket.Abort(); }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Socket.Dispose();
        _invoker.Dispose();
        _door.Dispose();
    }

    /// <summary>Requests by a Unix socket, whatever host they name.</summary>
    /// <param name="path">The socket.</param>
    /// <param name="found">Hears the process that listens.</param>
    public static HttpMessageInvoker LocalInvoker(string path, Action<int> found) => new(new SocketsHttpHandler
    {
        UseProxy = false,
        UseCookies = false,
        AllowAutoRedirect = false,
        ConnectCallback = async (_, cancellation) =>
        {
            var socket = await EgressDoor.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellation);
            if (PeerCredentials.Of(socket) is { Pid: > 0 and var pid }) found(pid);
            return new NetworkStream(socket, ownsSocket: true);
        },
    });

    private static Exception Explain(GatewayTarget target, WebSocketException fault)
    {
        for (Exception? inner = fault; inner is not null; inner = inner.InnerException)
        {
            if (inner is EgressException refused) return refused;
            if (inner is not SocketException socket) continue;
            if (target.Socket is not null)
            {
                return socket.SocketErrorCode == SocketError.AccessDenied
                    ? new GatewayClientException(GatewayClientException.NotRunning, $"{target.Home} belongs to another user. Run this as the gateway's own user.", fault)
                    : GatewayTarget.NotRunning(target.Home, fault);
            }
            var why = socket.SocketErrorCode switch
            {
                SocketError.ConnectionRefused => "nothing listens there",
                SocketError.HostNotFound or SocketError.TryAgain or SocketError.NoData => "there is no machine of that name",
                _ => socket.Message,
            };
            return new GatewayClientException(GatewayClientException.NotRunning, $"Cannot reach a gateway at {target.Name}: {why}. Check the address, and that the gateway runs.", fault);
        }
        return new GatewayClientException(GatewayClientException.Closed, $"What answers at {target.Name} is no gateway: {fault.Message}", fault);
    }
}
