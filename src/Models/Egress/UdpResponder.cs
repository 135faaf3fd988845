using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Models.Egress;

/// <summary>
/// A UDP socket that answers those who ask, and speaks to nobody else: one packet at a time, nothing kept. It stands here because whatever can send does.
/// </summary>
public sealed class UdpResponder : IDisposable
{
    private const int LargestPacket = 512;
    private readonly Socket _socket;

    private UdpResponder(Socket socket) => _socket = socket;

    /// <summary>Where it listens.</summary>
    public IPEndPoint Address => (IPEndPoint)_socket.LocalEndPoint!;

    /// <summary>Listens.</summary>
    /// <param name="where">Address and port.</param>
    /// <param name="device">The network device that alone reaches it; null for all.</param>
    /// <exception cref="SocketException">The address is not there or in use, or needs more rights.</exception>
    public static UdpResponder Bind(IPEndPoint where, string? device)
    {
        var socket = new Socket(where.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            if (device is not null) HoldTo(socket, device);
            socket.Bind(where);
            return new(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Lets one network device alone reach a socket (SO_BINDTODEVICE, socket(7)).</summary>
    /// <exception cref="SocketException">There is no such device, or that needs more rights.</exception>
    public static void HoldTo(Socket socket, string device)
    {
        const int socketLevel = 1, bindToDevice = 25;
        socket.SetRawSocketOption(socketLevel, bindToDevice, Encoding.ASCII.GetBytes(device + "\0"));
    }

    /// <summary>Answers until told to end.</summary>
    /// <param name="answer">Makes the answer to a packet of at most 512 bytes; null for none.</param>
    /// <param name="cancellation">Ends it.</param>
    public async Task ServeAsync(Func<ReadOnlyMemory<byte>, byte[]?> answer, CancellationToken cancellation)
    {
        var packet = new byte[LargestPacket];
        while (!cancellation.IsCancellationRequested)
        {
            try
            {
                var got = await _socket.ReceiveFromAsync(packet, SocketFlags.None, new IPEndPoint(Address.Address, 0), cancellation);
                if (answer(packet.AsMemory(0, got.ReceivedBytes)) is { } reply) await _socket.SendToAsync(reply, SocketFlags.None, got.RemoteEndPoint, cancellation);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (SocketException)
            {
                // Too long a packet, or a port that nobody listens on any more: nobody's but the sender's affair.
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();
}
