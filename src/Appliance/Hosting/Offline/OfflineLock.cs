using System.Globalization;
using System.Text.Json.Nodes;
using Appliance.Config;
using Models.Egress;
using Runtime.Sandbox;

namespace Appliance.Hosting.Offline;

/// <summary>
/// The kernel's lock of offline mode on the gateway itself: put on when it starts, before anything else is there, for the whole of the process
/// and all that it starts. It cannot be taken off: a gateway that began offline has to be started anew, not only restarted in place, to go out.
/// </summary>
internal static class OfflineLock
{
    // Tells the program that comes after the lock which ports it left open.
    private const string Variable = "APPLIANCE_NETWORK_LOCK";

    /// <summary>The ports it left open; null where this process did not begin with it.</summary>
    public static IReadOnlyList<int>? OpenPorts { get; } = Environment.GetEnvironmentVariable(Variable) is { } ports
        ? [.. ports.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(port => int.TryParse(port, CultureInfo.InvariantCulture, out var number) ? number : 0)] : null;

    /// <summary>Puts it on, where offline mode is on and the kernel offers it: the program is put anew into this process, locked. Comes back where there is nothing to do.</summary>
    /// <param name="config">What is configured.</param>
    /// <param name="tell">Hears in a sentence what a person should know.</param>
    public static void PutOn(ConfigStore config, Action<string> tell)
    {
        if (OpenPorts is not null) Explain(config, tell);
        if (OpenPorts is not null || !NetworkLock.IsOffered || !Outbound.Of(config).Offline) return;
        var ports = PortsHere(config.Current.Effective);
        Exception? fault = null;
        var locked = new Thread(() =>
        {
            try
            {
                // Under a service manager the server asks itself how it is, by its own socket.
                NetworkLock.PutOnThisThread(ports, connects: Environment.GetEnvironmentVariable("NOTIFY_SOCKET") is { Length: > 0 });
                Relaunch.Now(without: null, $"{Variable}={string.Join(',', ports)}");
            }
            catch (Exception e)
            {
                fault = e;
            }
        });
        locked.Start();
        locked.Join();
        tell($"The kernel does not lock the network, so offline mode is kept by this program alone: {fault?.Message}");
    }

    /// <summary>Says where a lock that is on, or that is not, is not what the configuration asks for.</summary>
    public static void Explain(ConfigStore config, Action<string> tell)
    {
        const string Anew = "Stop the gateway and start it anew; a restart in place keeps the lock.";
        var isOffline = Outbound.Of(config).Offline;
        if (OpenPorts is not { } open)
        {
            if (isOffline && NetworkLock.IsOffered) tell("Offline mode is kept by this program alone until it is started anew: the kernel locks the network when a gateway starts.");
        }
        else if (!isOffline) tell($"Offline mode is off, but this process began in it, and the kernel keeps it there. {Anew}");
        else if (PortsHere(config.Current.Effective).Except(open).Any()) tell($"The kernel's lock of offline mode leaves these ports open: {(open.Count == 0 ? "none" : string.Join(", ", open))}; others are configured since. {Anew}");
    }

    /// <summary>The TCP ports of programs of this machine that stand in a configuration, by whatever setting.</summary>
    public static IReadOnlyList<int> PortsHere(JsonNode? settings) => [.. Addresses(settings).Where(address => EgressPolicy.IsThisMachine(address.IdnHost)).Select(address => address.Port).Where(port => port > 0).Distinct().Order()];

    private static IEnumerable<Uri> Addresses(JsonNode? node) => node switch
    {
        JsonObject map => map.SelectMany(entry => Addresses(entry.Value)),
        JsonArray list => list.SelectMany(Addresses),
        JsonValue value when value.TryGetValue<string>(out var text) && Uri.TryCreate(text, UriKind.Absolute, out var address) && (address.Scheme is "http" or "https" or "ws" or "wss") => [address],
        _ => [],
    };
}
