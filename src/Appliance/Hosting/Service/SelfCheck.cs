using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Appliance.Hosting.Service;

/// <summary>Asks this server, by its own door, as a client would: whether it answers, and what.</summary>
/// <param name="local">The home's Unix socket; null where there is none.</param>
/// <param name="address">Where it listens otherwise.</param>
internal sealed class SelfCheck(string? local, Uri address)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>The status of <c>GET path</c>; 0 where there is no answer.</summary>
    public async Task<int> GetAsync(string path, CancellationToken cancellation)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(Patience);
        try
        {
            using var socket = await ConnectAsync(patience.Token);
            await socket.SendAsync(Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"), patience.Token);
            // "HTTP/1.1 200": the rest is of no interest here.
            var head = new byte[12];
            for (var read = 0; read < head.Length;)
            {
                if (await socket.ReceiveAsync(head.AsMemory(read), patience.Token) is not (> 0 and var more)) return 0;
                read += more;
            }
            return int.TryParse(head.AsSpan(9), out var status) ? status : 0;
        }
        catch (Exception e) when (e is SocketException || (e is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            return 0;
        }
    }

    private async Task<Socket> ConnectAsync(CancellationToken cancellation)
    {
        var host = local is null && IPAddress.TryParse(address.Host.Trim('[', ']'), out var named) ? named : IPAddress.Loopback;
        EndPoint door = local is null ? new IPEndPoint(host.Equals(IPAddress.Any) ? IPAddress.Loopback : host.Equals(IPAddress.IPv6Any) ? IPAddress.IPv6Loopback : host, address.Port)
            : new UnixDomainSocketEndPoint(local);
        var socket = new Socket(door.AddressFamily, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(door, cancellation);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
