using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Appliance.Hosting.Service;

/// <summary>
/// Who started this process and wants to hear how it is: systemd, or what speaks its protocol (sd_notify(3)): one datagram a message, to the
/// Unix socket that NOTIFY_SOCKET names. A message that nobody takes is lost, and nobody waits for it. Safe for several threads.
/// </summary>
internal sealed class ServiceManager
{
    private readonly UnixDomainSocketEndPoint _address;

    private ServiceManager(UnixDomainSocketEndPoint address, TimeSpan? watchdog) => (_address, Watchdog) = (address, watchdog);

    /// <summary>How long this process may say nothing before it is taken for dead; null where nobody watches (WatchdogSec= is not set).</summary>
    public TimeSpan? Watchdog { get; }

    /// <summary>The one that started this process; null where nobody wants to hear.</summary>
    public static ServiceManager? FromEnvironment() => From(Environment.GetEnvironmentVariable);

    /// <summary>The same, with variables of a test.</summary>
    internal static ServiceManager? From(Func<string, string?> variable)
    {
        // A path, or an abstract name behind an @; vsock is for virtual machines as a whole.
        if (!OperatingSystem.IsLinux() || variable("NOTIFY_SOCKET") is not ['/' or '@', _, ..] name) return null;
        var address = new UnixDomainSocketEndPoint(name[0] == '@' ? '\0' + name[1..] : name);
        return new ServiceManager(address, WatchdogOf(variable));
    }

    /// <summary>It has started, and does what it is for.</summary>
    public void Ready(string status) => Send($"READY=1\nSTATUS={status}");

    /// <summary>What a person sees of it in <c>systemctl status</c>, one line.</summary>
    public void Status(string status) => Send($"STATUS={status}");

    /// <summary>It is alive: to be said at least once within <see cref="Watchdog"/>.</summary>
    public void Feed() => Send("WATCHDOG=1");

    /// <summary>It ends, as it was told to.</summary>
    public void Stopping() => Send("STOPPING=1\nSTATUS=stopping");

    // sd_watchdog_enabled(3): microseconds, and only for the process that is named.
    private static TimeSpan? WatchdogOf(Func<string, string?> variable)
    {
        if (!long.TryParse(variable("WATCHDOG_USEC"), NumberStyles.None, CultureInfo.InvariantCulture, out var microseconds) || microseconds <= 0) return null;
        var isOurs = variable("WATCHDOG_PID") is not { Length: > 0 } process || process == Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        return isOurs ? TimeSpan.FromMicroseconds(microseconds) : null;
    }

    private void Send(string message)
    {
        try
        {
            using var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified) { Blocking = false };
            socket.SendTo(Encoding.UTF8.GetBytes(message), _address);
        }
        catch (SocketException)
        {
            // It went away, or takes nothing now: it will say what follows from that.
        }
    }
}
