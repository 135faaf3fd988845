using System.Net;
using System.Net.Sockets;
using Models;
using Models.Egress;
using Runtime.Agents;
using Runtime.Agents.Turns;
using Runtime.Messages.Telegram;
using Runtime.Outbox;
using Runtime.Schedule;
using Runtime.Sessions;

namespace Appliance.Gateway.Outgoing;

/// <summary>The ways by which what waits in the outbox leaves the box.</summary>
internal static class OutboxChannels
{
    /// <summary>A message to the agent that its owner wants to be answered once models elsewhere can be reached.</summary>
    public const string Turn = "turn";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    /// <summary>All of them.</summary>
    /// <param name="telegram">Messages by a bot: it has no keys, so that what was cut off is held.</param>
    /// <param name="webhook">What jobs post, with their keys.</param>
    /// <param name="agents">Whose turns begin.</param>
    /// <param name="turns">Where they run: a key begins one turn, after a restart too.</param>
    /// <param name="egress">The owner's rules.</param>
    /// <param name="elsewhere">Where models elsewhere are.</param>
    public static IReadOnlyDictionary<string, OutboxChannel> All(
        Func<TelegramChannel> telegram, Func<JobWebhook> webhook, AgentBook agents, Func<TurnRunner> turns, EgressPolicy egress, Func<IEnumerable<Uri>> elsewhere) => new Dictionary<string, OutboxChannel>
        {
            [TelegramChannel.Name] = new(IsIdempotent: false, (entry, cancellation) => telegram().SendAsync(entry.To, entry.Body, entry.Key, cancellation)),
            [JobWebhook.Kind] = new(IsIdempotent: true, (entry, cancellation) => webhook().SendAsync(entry, cancellation)),
            [Turn] = new(IsIdempotent: true, async (entry, cancellation) =>
            {
                await ReachAsync(egress, elsewhere(), cancellation);
                var agent = agents.Find(SessionKey.Agent(entry.To)) ?? throw new DeliveryException(DeliveryFault.Refused, $"There is no agent {SessionKey.Agent(entry.To)} any more.");
                try { turns().Start(agent.Sessions.GetOrCreate(entry.To), entry.Key, entry.Body); }
                catch (DeliveryException) { throw; }
                catch (ModelException e) { throw new DeliveryException(DeliveryFault.NotSent, e.Message, e); }
            }),
        };

    // Whether one of them can be connected to; nothing is asked of it.
    private static async Task ReachAsync(EgressPolicy egress, IEnumerable<Uri> elsewhere, CancellationToken cancellation)
    {
        using var door = new EgressDoor(egress);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(Patience);
        foreach (var address in elsewhere)
        {
            try
            {
                await using var there = await door.ConnectAsync(new DnsEndPoint(address.IdnHost, address.Port), patience.Token);
                return;
            }
            catch (Exception e) when (e is EgressException or SocketException or OperationCanceledException) { }
        }
        throw new DeliveryException(DeliveryFault.NotSent, "No model elsewhere can be reached (models.targets).");
    }
}
