using System.Net;
using System.Net.Sockets;

namespace Models.Egress;

/// <summary>
/// The way out to everybody in one network of this machine, and no further: multicast DNS's group and port (RFC 6762, section 3) on one interface,
/// by IPv4. What leaves by it stays in that network, and what comes from elsewhere is not let in. One reader; safe for several writers.
/// </summary>
public sealed class LanDoor : IDisposable
{
    /// <summary>The port of multicast DNS.</summary>
    public const int Port = 5353;

    // IP_MULTICAST_ALL of ip(7): without it a socket also hears what others of this machine joined, on other interfaces.
    private const int IpLevel = 0, MulticastAll = 49;

    private static readonly IPEndPoint Group = new(IPAddress.Parse("224.0.0.251"), Port);

    private readonly Socket _socket;
    private readonly EgressPolicy _policy;

    private LanDoor(LanLink link, Socket socket, EgressPolicy policy) => (Link, _socket, _policy) = (link, socket, policy);

    /// <summary>The network.</summary>
    public LanLink Link { get; }

    /// <summary>Opens it.</summary>
    /// <exception cref="EgressException">Offline mode is on.</exception>
    /// <exception cref="SocketException">The interface is gone, or another program keeps the port for itself.</exception>
    public static LanDoor Open(LanLink link, EgressPolicy policy)
    {
        if (policy.Offline) throw new EgressException("Offline mode is on, so nothing was said to the local network.");
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
            if (OperatingSystem.IsLinux()) socket.SetRawSocketOption(IpLevel, MulticastAll, [0, 0, 0, 0]);
            socket.Bind(new IPEndPoint(IPAddress.Any, Port));
            socket.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.AddMembership, new MulticastOption(Group.Address, link.Index));
            // By its address and not by its number, so that what is sent comes from that address (ip(7), IP_MULTICAST_IF).
            socket.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.MulticastInterface, BitConverter.ToInt32(link.Address.GetAddressBytes()));
            socket.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.MulticastTimeToLive, 255);
            socket.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.IpTimeToLive, 255);
            socket.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.MulticastLoopback, true);
            return new LanDoor(link, socket, policy);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Says something to everybody, or to one who is in this network. Nothing is said in offline mode, or where the network is gone.</summary>
    public void Send(ReadOnlySpan<byte> message, IPEndPoint? to = null)
    {
        if (_policy.Offline || (to is not null && !Link.Network.Contains(to.Address))) return;
        try
        {
            _socket.SendTo(message, SocketFlags.None, to ?? Group);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Nobody heard it, as happens to datagrams; whoever looks at the network finds out that it is gone.
        }
    }

    /// <summary>Waits for a message from within this network, this machine included.</summary>
    /// <param name="buffer">Where it goes; what is longer is cut.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>Its length, and where it came from.</returns>
    /// <exception cref="SocketException">The network is gone.</exception>
    public async ValueTask<(int Length, IPEndPoint From)> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellation)
    {
        while (true)
        {
            var received = await _socket.ReceiveFromAsync(buffer, SocketFlags.None, Group, cancellation);
            if (received.RemoteEndPoint is IPEndPoint from && Link.Network.Contains(from.Address)) return (received.ReceivedBytes, from);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();
}
