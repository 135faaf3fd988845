using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Models.Egress;

/// <summary>Tells whose program is at the other end of a connection within this machine, by <c>/proc/net/tcp</c> (proc(5)).</summary>
public static class LocalPeer
{
    // How a program that speaks IPv6 alone writes an address of IPv4, ::ffff:0:0/96, in words of the machine's own order.
    private static string Mapped => BitConverter.IsLittleEndian ? "0000000000000000FFFF0000" : "00000000000000000000FFFF";

    /// <summary>True where it is our own user's. Where the kernel does not tell, nobody is let in.</summary>
    public static bool IsOurUser(Socket socket)
    {
        if (socket.RemoteEndPoint is not IPEndPoint peer || socket.LocalEndPoint is not IPEndPoint here) return false;
        return Owner(peer, here) == Ours.Value;
    }

    /// <summary>True where it is root's. Where the kernel does not tell, it is not.</summary>
    public static bool IsRoots(Socket socket) => socket.RemoteEndPoint is IPEndPoint peer && socket.LocalEndPoint is IPEndPoint here && Owner(peer, here) == "0";

    private static string? Owner(IPEndPoint peer, IPEndPoint here)
    {
        var (from, to) = (Hex(peer), Hex(here));
        return Owner("/proc/net/tcp", from, to) ?? Owner("/proc/net/tcp6", Mapped + from, Mapped + to);
    }

    // "sl local_address rem_address st tx:rx tr:when retrnsmt uid …": the other end's own line is the one that begins where it is.
    private static string? Owner(string table, string from, string to)
    {
        if (!File.Exists(table)) return null;
        foreach (var line in File.ReadLines(table).Skip(1))
        {
            var fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (fields.Length > 7 && fields[1] == from && fields[2] == to) return fields[7];
        }
        return null;
    }

    // "Uid: real effective saved file"
    private static readonly Lazy<string> Ours = new(() =>
        File.ReadLines("/proc/self/status").First(line => line.StartsWith("Uid:", StringComparison.Ordinal)).Split('\t', StringSplitOptions.RemoveEmptyEntries)[2]);

    // The address as the machine's own order of bytes has it.
    private static string Hex(IPEndPoint end)
    {
        var bytes = end.Address.MapToIPv4().GetAddressBytes();
        var address = BitConverter.IsLittleEndian ? BinaryPrimitives.ReadUInt32LittleEndian(bytes) : BinaryPrimitives.ReadUInt32BigEndian(bytes);
        return string.Create(CultureInfo.InvariantCulture, $"{address:X8}:{end.Port:X4}");
    }
}
