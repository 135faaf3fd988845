using System.Net;
using System.Net.Sockets;

namespace Models.Egress;

/// <summary>
/// What the kernel keeps shut for the calling thread, beside this program's own rules, by trying it. Nothing of it leaves the machine: what the
/// lock would have to hold is tried only once it is known, within this machine, that there is one.
/// </summary>
/// <param name="Tcp">TCP connections, except to open ports.</param>
/// <param name="Others">Sockets of other kinds: UDP, and with it name servers, raw ones and the rest.</param>
public sealed record KernelLock(bool Tcp, bool Others)
{
    // Addresses nobody has (RFC 5737, RFC 3849): where a lock fails, nobody is bothered.
    private static readonly IPAddress Nobody = IPAddress.Parse("192.0.2.1"), Nobody6 = IPAddress.Parse("2001:db8::1");

    /// <summary>True where both are shut.</summary>
    public bool IsWhole => Tcp && Others;

    /// <summary>Looks whether there is one.</summary>
    /// <param name="openPorts">TCP ports that it leaves open.</param>
    public static KernelLock Look(IReadOnlyCollection<int> openPorts)
    {
        if (!OperatingSystem.IsLinux()) return new(false, false);
        // Ports where next to nobody listens; where somebody does, he is connected to and let go.
        var port = Enumerable.Range(1, openPorts.Count + 1).First(p => !openPorts.Contains(p));
        return new(IsRefused(() => Connect(IPAddress.Loopback, port)), IsRefused(() => Open(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp)));
    }

    /// <summary>Tries ways out that pass by this program's own rules; none where the lock is not whole, since what is tried would leave.</summary>
    /// <param name="openPorts">TCP ports that it leaves open.</param>
    public static IReadOnlyList<(string Way, bool IsShut)> TryOut(IReadOnlyCollection<int> openPorts)
    {
        if (!Look(openPorts).IsWhole) return [];
        var port = Enumerable.Range(443, openPorts.Count + 1).First(p => !openPorts.Contains(p));
        var server = NameServer();
        return
        [
            ("TCP, IPv4", IsRefused(() => Connect(Nobody, port))),
            ("TCP, IPv6", IsRefused(() => Connect(Nobody6, port))),
            ("UDP, IPv4", IsRefused(() => Send(Nobody, 9))),
            ("UDP, IPv6", IsRefused(() => Send(Nobody6, 9))),
            ("DNS, UDP", IsRefused(() => Send(server, 53))),
            ("DNS, TCP", openPorts.Contains(53) || IsRefused(() => Connect(server, 53))),
            ("ICMP", IsRefused(() => Open(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Icmp)) && IsRefused(() => Open(AddressFamily.InterNetwork, SocketType.Raw, ProtocolType.Icmp))),
        ];
    }

    private static void Connect(IPAddress address, int port)
    {
        using var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        // Begun and let go: where it is not refused there is nothing to wait for.
        socket.Blocking = false;
        socket.Connect(address, port);
    }

    private static void Send(IPAddress address, int port)
    {
        using var socket = new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        socket.SendTo("?"u8, new IPEndPoint(address, port));
    }

    private static void Open(AddressFamily family, SocketType type, ProtocolType protocol) => new Socket(family, type, protocol).Dispose();

    // The first that this machine would ask (resolv.conf(5)).
    private static IPAddress NameServer()
    {
        try
        {
            return File.ReadLines("/etc/resolv.conf").Select(line => line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries))
                .Select(words => words is ["nameserver", var name, ..] && IPAddress.TryParse(name, out var address) ? address : null).FirstOrDefault(address => address is not null) ?? Nobody;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Nobody;
        }
    }

    // A machine without IPv6 sends nothing by it.
    private static bool IsRefused(Action way)
    {
        try
        {
            way();
            return false;
        }
        catch (SocketException e)
        {
            return e.SocketErrorCode is SocketError.AccessDenied or SocketError.AddressFamilyNotSupported;
        }
    }
}
