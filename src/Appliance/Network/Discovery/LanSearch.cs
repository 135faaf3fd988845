using System.Net.Sockets;
using Appliance.Network.Discovery.Dns;
using Models;
using Models.Egress;

namespace Appliance.Network.Discovery;

/// <summary>Looks for gateways in this machine's networks: asks, and asks again for what is missing, as long as it has patience.</summary>
internal static class LanSearch
{
    /// <summary>Asks in every network.</summary>
    /// <param name="policy">What may leave this machine.</param>
    /// <param name="interfaces">Interfaces to ask by; null for all private networks.</param>
    /// <param name="patience">How long to listen.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="ModelException">Offline mode is on, there is no network, or none can be asked.</exception>
    public static async Task<IReadOnlyList<FoundGateway>> AskAsync(EgressPolicy policy, IReadOnlyList<string>? interfaces, TimeSpan patience, CancellationToken cancellation)
    {
        var links = LanLink.All(interfaces);
        if (links.Count == 0) throw new ModelException(interfaces is null ? "This machine is in no private network, so there is nobody to ask. Name an interface with --interface where that is wrong." : $"This machine has no network by {string.Join(", ", interfaces)}.");
        var found = await Task.WhenAll(links.Select(link => AskAsync(link, policy, patience, cancellation)));
        return [.. found.SelectMany(list => list).GroupBy(gateway => gateway.Instance).Select(same => same.First()).OrderBy(gateway => gateway.Instance.ToString(), StringComparer.OrdinalIgnoreCase)];
    }

    private static async Task<IReadOnlyList<FoundGateway>> AskAsync(LanLink link, EgressPolicy policy, TimeSpan patience, CancellationToken cancellation)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        over.CancelAfter(patience);
        try
        {
            using var door = LanDoor.Open(link, policy);
            var known = new KnownRecords();
            using var again = new PeriodicTimer(patience / 3);
            door.Send(new DnsMessage { Questions = [new(Beacon.Kind, DnsType.Ptr)] }.Write());
            var asking = Task.Run(async () =>
            {
                while (await again.WaitForNextTickAsync(over.Token)) door.Send(new DnsMessage { Questions = [.. known.Missing()], Answers = [.. known.Pointers()] }.Write());
            }, over.Token);
            var buffer = new byte[DnsMessage.Longest];
            try
            {
                while (true)
                {
                    var (length, _) = await door.ReceiveAsync(buffer, over.Token);
                    if (DnsMessage.Read(buffer.AsSpan(0, length)) is { IsAnswer: true } message) known.Take(message);
                }
            }
            catch (OperationCanceledException)
            {
                cancellation.ThrowIfCancellationRequested();
            }
            await Task.WhenAny(asking);
            return known.Gateways();
        }
        catch (SocketException e)
        {
            throw new ModelException($"The network of {link.Name} cannot be asked: {e.Message}", e);
        }
    }
}
