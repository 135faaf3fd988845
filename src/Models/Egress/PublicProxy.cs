using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Models.Egress;

/// <summary>
/// A forward proxy on this machine for a program that reaches out by itself, a browser: all of its traffic passes <see cref="PublicDoor"/>,
/// so that private addresses, offline mode and the owner's rules hold for it as for us. It takes connections of our own user alone. What
/// goes through a tunnel must be encrypted unless the owner allows plain http. Safe for several threads.
/// </summary>
public sealed class PublicProxy : IDisposable
{
    private const int MostConnections = 128, MostRefusals = 64;

    // A TLS record that begins a handshake (RFC 8446, 5.1).
    private const byte Handshake = 22;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly PublicDoor _door;
    private readonly string _why;
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly SemaphoreSlim _room = new(MostConnections, MostConnections);
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<string, string> _refusals = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Opens it on a free port of 127.0.0.1.</summary>
    /// <param name="door">The way out; disposed with this.</param>
    /// <param name="why">What the traffic is for, as it is recorded.</param>
    public PublicProxy(PublicDoor door, string why)
    {
        (_door, _why) = (door, why);
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen(64);
        Port = ((IPEndPoint)_listener.LocalEndPoint!).Port;
        _ = AcceptAsync();
    }

    /// <summary>Its port.</summary>
    public int Port { get; }

    /// <summary>Why a host was last refused; null where it was not.</summary>
    public string? RefusalOf(string host) => _refusals.GetValueOrDefault(host.Trim('[', ']'));

    /// <inheritdoc/>
    public void Dispose()
    {
        _stop.Cancel();
        _listener.Dispose();
        _door.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                await _room.WaitAsync(_stop.Token);
                _ = ServeAsync(await _listener.AcceptAsync(_stop.Token));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException) { }
    }

    private async Task ServeAsync(Socket socket)
    {
        try
        {
            await using var client = new NetworkStream(socket, ownsSocket: true);
            if (!LocalPeer.IsOurUser(socket)) return;
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
            patience.CancelAfter(Patience);
            if (await ProxyRequest.ReadAsync(client, patience.Token) is not { } request)
            {
                await AnswerAsync(client, "400 Bad Request", "This is no request to a proxy.");
                return;
            }
            await PassAsync(client, request, patience);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or SocketException or ObjectDisposedException) { }
        finally
        {
            _room.Release();
        }
    }

    private async Task PassAsync(NetworkStream client, ProxyRequest request, CancellationTokenSource patience)
    {
        string? refusal = null;
        try
        {
            _door.Policy.Check(request.Address);
            await using var server = await _door.ConnectAsync(new DnsEndPoint(request.Address.IdnHost, request.Address.Port), patience.Token);
            _refusals.TryRemove(request.Address.IdnHost.Trim('[', ']'), out _);
            var first = request.IsTunnel ? await BeginTunnelAsync(client, patience.Token) : request.Head;
            if (request.IsTunnel && !_door.Policy.PlainHttp && first is not [Handshake, ..]) return;
            patience.CancelAfter(Timeout.InfiniteTimeSpan);
            await server.WriteAsync(first, _stop.Token);
            await Task.WhenAny(client.CopyToAsync(server, _stop.Token), server.CopyToAsync(client, _stop.Token));
        }
        catch (EgressException e)
        {
            refusal = e.Message;
            if (_refusals.Count >= MostRefusals) _refusals.Clear();
            _refusals[request.Address.IdnHost.Trim('[', ']')] = refusal;
            await AnswerAsync(client, "403 Forbidden", refusal);
        }
        catch (SocketException)
        {
            await AnswerAsync(client, "502 Bad Gateway", $"{request.Address.Host} cannot be reached.");
        }
        finally
        {
            _door.Policy.Heard?.Invoke(new EgressCall(request.Address.IdnHost, request.Address.Port, request.Method, request.IsTunnel ? null : request.Address.PathAndQuery.Length, _why, refusal));
        }
    }

    private static async Task<byte[]> BeginTunnelAsync(NetworkStream client, CancellationToken cancellation)
    {
        await client.WriteAsync("HTTP/1.1 200 Connection Established\r\n\r\n"u8.ToArray(), cancellation);
        var first = new byte[4096];
        return first[..await client.ReadAsync(first, cancellation)];
    }

    private async Task AnswerAsync(NetworkStream client, string status, string text)
    {
        var body = Encoding.UTF8.GetBytes(text);
        var head = string.Create(CultureInfo.InvariantCulture, $"HTTP/1.1 {status}\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n");
        await client.WriteAsync(Encoding.ASCII.GetBytes(head), _stop.Token);
        await client.WriteAsync(body, _stop.Token);
        client.Socket.Shutdown(SocketShutdown.Send);
    }
}
