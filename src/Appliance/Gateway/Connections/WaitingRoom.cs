using Appliance.Gateway.Identity;
using Appliance.Gateway.Protocol;

namespace Appliance.Gateway.Connections;

/// <summary>
/// Connections that have not said who they are. Each more than may be, from one address or in all, pushes out the oldest, and in a crowd
/// there is less time: waiting ones can neither keep honest ones out nor use up the memory, and those after hello are not touched by them.
/// Safe for several threads.
/// </summary>
internal sealed class WaitingRoom
{
    /// <summary>Connections that may wait, in all.</summary>
    public const int Most = 512;

    /// <summary>Connections that may wait, from one address.</summary>
    public const int MostOfOneAddress = 128;

    /// <summary>With more than so many from one address, those that come have less time.</summary>
    public const int Crowd = 16;

    private readonly Lock _lock = new();
    private readonly LinkedList<(GatewayConnection Connection, string Address)> _waiting = new();

    /// <summary>Takes a connection in, at the cost of the oldest where it is full.</summary>
    /// <returns>How long it has for its connect request.</returns>
    public TimeSpan Enter(GatewayConnection connection)
    {
        var address = AttemptLimiter.Key(connection.Peer.Address);
        GatewayConnection? pushedOut = null;
        int others;
        lock (_lock)
        {
            others = _waiting.Count(w => w.Address == address);
            if (others >= MostOfOneAddress) pushedOut = RemoveFirst(address);
            else if (_waiting.Count >= Most) pushedOut = RemoveFirst(null);
            _waiting.AddLast((connection, address));
        }
        pushedOut?.Abort();
        return others < Crowd ? ProtocolLimits.Handshake : ProtocolLimits.HandshakeInACrowd;
    }

    /// <summary>The connection does not wait any more.</summary>
    public void Leave(GatewayConnection connection)
    {
        lock (_lock)
        {
            for (var node = _waiting.Last; node is not null; node = node.Previous)
            {
                if (node.Value.Connection != connection) continue;
                _waiting.Remove(node);
                return;
            }
        }
    }

    /// <summary>All that wait now.</summary>
    public IReadOnlyList<GatewayConnection> All()
    {
        lock (_lock) return [.. _waiting.Select(w => w.Connection)];
    }

    private GatewayConnection RemoveFirst(string? address)
    {
        var node = _waiting.First!;
        while (address is not null && node.Value.Address != address) node = node.Next!;
        _waiting.Remove(node);
        return node.Value.Connection;
    }
}
