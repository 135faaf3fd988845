using System.Net.Sockets;
using Appliance.Config;
using Appliance.Config.Sections;
using Appliance.Network.Discovery.Dns;
using Models.Egress;

namespace Appliance.Network.Discovery;

/// <summary>
/// Says in this machine's networks that a gateway is here, while the configuration asks for it: one responder an interface, begun and ended as
/// interfaces and addresses come and go. Nothing is there while nobody asks. Safe for several threads.
/// </summary>
internal sealed class LanBeacon : IAsyncDisposable
{
    // Who sends more than that is not listened to until the second is over.
    private const int MostMessagesPerSecond = 200;

    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(15), Second = TimeSpan.FromSeconds(1);

    private readonly OneAtATime _speaking = new();
    private readonly ConfigStore _config;
    private readonly Func<MdnsMode, Beacon> _beacon;
    private readonly TimeProvider _time;
    private readonly Action<string> _tell;

    private LanBeacon(ConfigStore config, Func<MdnsMode, Beacon> beacon, TimeProvider time, Action<string> tell) => (_config, _beacon, _time, _tell) = (config, beacon, time, tell);

    /// <summary>Begins to follow the configuration. Starts nothing where it asks for nothing.</summary>
    /// <param name="config">What is configured, from one moment to the next.</param>
    /// <param name="beacon">What is to be said.</param>
    /// <param name="time">The clock.</param>
    /// <param name="tell">Hears in a sentence what a person should know.</param>
    public static LanBeacon Follow(ConfigStore config, Func<MdnsMode, Beacon> beacon, TimeProvider time, Action<string> tell)
    {
        var lan = new LanBeacon(config, beacon, time, tell);
        config.Changed += lan.ConfigChanged;
        lan.Begin();
        return lan;
    }

    /// <summary>Says that it goes, and ends.</summary>
    public ValueTask DisposeAsync()
    {
        _config.Changed -= ConfigChanged;
        return _speaking.DisposeAsync();
    }

    private void ConfigChanged(ConfigChange change)
    {
        if (change.Paths.Any(path => path.Steps is ["discovery", ..] or ["network", ..])) Begin();
    }

    private void Begin() => _speaking.Begin(isSpeaking =>
    {
        var (asked, isOffline) = (_config.Config.Discovery.Mdns, Outbound.Of(_config).Offline);
        if (asked.Mode == MdnsMode.Off && !isSpeaking) return null;
        if (asked.Mode != MdnsMode.Off && isOffline) _tell("Offline mode is on, so this gateway is not shown in its network.");
        return asked.Mode == MdnsMode.Off || isOffline ? _ => Task.CompletedTask : cancellation => RunAsync(asked, cancellation);
    });

    private async Task RunAsync(MdnsConfig asked, CancellationToken cancellation)
    {
        var there = new Dictionary<LanLink, (CancellationTokenSource End, Task Task)>();
        var said = _beacon(asked.Mode);
        var wasNowhere = false;
        while (!cancellation.IsCancellationRequested)
        {
            var (links, beacon) = (LanLink.All(asked.Interfaces), _beacon(asked.Mode));
            foreach (var (link, _) in there.Where(entry => !links.Contains(entry.Key) || entry.Value.Task.IsCompleted || beacon != said).ToArray()) await EndAsync(there, link);
            said = beacon;
            foreach (var link in links.Where(link => !there.ContainsKey(link)))
            {
                var end = new CancellationTokenSource();
                there[link] = (end, Task.Run(() => SpeakAsync(link, beacon, end.Token), CancellationToken.None));
            }
            if (links.Count == 0 && !wasNowhere) _tell($"This gateway cannot be found by mDNS: this machine has no private network{(asked.Interfaces is null ? "" : $" by {string.Join(", ", asked.Interfaces)}")}. It is looked for again.");
            wasNowhere = links.Count == 0;
            try { await Task.Delay(LookAgain, _time, cancellation); }
            catch (OperationCanceledException) { break; }
        }
        foreach (var link in there.Keys.ToArray()) await EndAsync(there, link);
    }

    private static async Task EndAsync(Dictionary<LanLink, (CancellationTokenSource End, Task Task)> there, LanLink link)
    {
        if (!there.Remove(link, out var speaker)) return;
        await speaker.End.CancelAsync();
        await speaker.Task;
        speaker.End.Dispose();
    }

    /// <summary>Speaks and listens in one network until it ends, or the network does.</summary>
    private async Task SpeakAsync(LanLink link, Beacon beacon, CancellationToken cancellation)
    {
        try
        {
            using var door = LanDoor.Open(link, Outbound.Of(_config));
            var responder = new Responder(beacon, link.Addresses, address => LanLink.All(null).Concat([link]).Any(own => own.Addresses.Contains(address)), _time, Random.Shared.Next);
            try
            {
                await SpeakAsync(door, responder, cancellation);
            }
            finally
            {
                if (responder.Goodbye() is { } goodbye) door.Send(goodbye.Write());
            }
        }
        catch (Exception e) when (e is SocketException or EgressException)
        {
            _tell($"This gateway is not shown in the network of {link.Name}: {e.Message} It is tried again.");
        }
    }

    private async Task SpeakAsync(LanDoor door, Responder responder, CancellationToken cancellation)
    {
        var buffer = new byte[DnsMessage.Longest];
        var (heard, since, told) = (0, _time.GetTimestamp(), (DnsName?)null);
        var receiving = door.ReceiveAsync(buffer, cancellation).AsTask();
        while (!cancellation.IsCancellationRequested)
        {
            foreach (var message in responder.Due()) door.Send(message.Write());
            if (responder.Name is { } name && !name.Equals(told)) _tell($"shown in the network of {door.Link.Name} as {(told = name).Labels[0]}");
            if (responder.Wait is { } wait) await Task.WhenAny(receiving, Task.Delay(wait, _time, cancellation));
            else await Task.WhenAny(receiving);
            if (!receiving.IsCompleted) continue;
            try
            {
                var (length, from) = await receiving;
                if (DnsMessage.Read(buffer.AsSpan(0, length)) is { } message && responder.Heard(message, from) is { } alone) door.Send(alone.Write(), from);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            if (_time.GetElapsedTime(since) >= Second) (heard, since) = (0, _time.GetTimestamp());
            if (++heard > MostMessagesPerSecond)
            {
                try { await Task.Delay(Second, _time, cancellation); }
                catch (OperationCanceledException) { return; }
            }
            receiving = door.ReceiveAsync(buffer, cancellation).AsTask();
        }
    }
}
