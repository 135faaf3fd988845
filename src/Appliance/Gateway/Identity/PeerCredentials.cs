using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Appliance.Gateway.Identity;

/// <summary>Who is at the other end of a Unix socket, as the kernel says (SO_PEERCRED, unix(7)). Linux only; safe for several threads.</summary>
internal static partial class PeerCredentials
{
    // SOL_SOCKET and SO_PEERCRED of Linux; what they give is struct ucred: process, user and group, 4 bytes each.
    private const int SocketLevel = 1;
    private const int PeerOption = 17;
    private const uint Root = 0;

    /// <summary>The process that connected, or that listens, and its user; null where the kernel does not say.</summary>
    public static (int Pid, uint User)? Of(Socket socket)
    {
        if (!OperatingSystem.IsLinux() || socket.AddressFamily != AddressFamily.Unix) return null;
        Span<byte> credentials = stackalloc byte[12];
        try
        {
            if (socket.GetRawSocketOption(SocketLevel, PeerOption, credentials) != credentials.Length) return null;
        }
        catch (SocketException)
        {
            return null;
        }
        return (MemoryMarshal.Read<int>(credentials), MemoryMarshal.Read<uint>(credentials[4..]));
    }

    /// <summary>True where the other end runs as this process's user, or as root, whom no file of that user keeps out either.</summary>
    public static bool IsOwner(Socket socket) => Of(socket) is { } peer && (peer.User == EffectiveUser() || peer.User == Root);

    [LibraryImport("libc", EntryPoint = "geteuid")]
    private static partial uint EffectiveUser();
}
