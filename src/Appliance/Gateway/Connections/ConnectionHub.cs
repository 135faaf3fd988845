using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Appliance.Gateway.Identity;
using Appliance.Gateway.Protocol;
using Appliance.Hosting;
using Models.Budget;

namespace Appliance.Gateway.Connections;

/// <summary>All connections: who is there, and events to those who may hear them. Safe for several threads.</summary>
internal sealed class ConnectionHub(DateTimeOffset startedAt, TimeProvider time)
{
    /// <summary>Connections that may be open after hello.</summary>
    public const int Most = 2048;

    private const int Crowd = 64;

    private readonly WaitingRoom _waiting = new();
    private readonly ConcurrentDictionary<string, GatewayConnection> _welcome = new();
    private long _presenceVersion = 1;
    private int _trimmedAt;
    private volatile bool _closed;

    /// <summary>This run of the gateway.</summary>
    public string BootId { get; } = Guid.NewGuid().ToString();

    /// <summary>How long it has run, milliseconds.</summary>
    public long UptimeMs => (long)(time.GetUtcNow() - startedAt).TotalMilliseconds;

    /// <summary>Connections after hello.</summary>
    public ICollection<GatewayConnection> Connections => _welcome.Values;

    /// <summary>Counts of changes.</summary>
    public StateVersion Version => new(Interlocked.Read(ref _presenceVersion), HealthVersion);

    /// <summary>Counts changes of health.</summary>
    public long HealthVersion { get; set; } = 1;

    /// <summary>Takes a new connection in. False where there is no room.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="patience">How long it may wait before hello.</param>
    public bool TryEnter(GatewayConnection connection, out TimeSpan patience)
    {
        patience = _waiting.Enter(connection);
        return !_closed && _welcome.Count < Most;
    }

    /// <summary>The handshake has succeeded.</summary>
    public void Admit(GatewayConnection connection)
    {
        _waiting.Leave(connection);
        _welcome[connection.Id] = connection;
        if (Stays(connection)) PresenceChanged();
        TrimAfterACrowd();
    }

    /// <summary>The connection has ended.</summary>
    public void Leave(GatewayConnection connection)
    {
        _waiting.Leave(connection);
        if (_welcome.TryRemove(connection.Id, out _) && Stays(connection)) PresenceChanged();
    }

    /// <summary>Beside the table of events: who may hear an event that tells of a session, or of none.</summary>
    public Func<Principal, string, string?, bool> MayHear { get; set; } = (_, _, _) => true;

    /// <summary>Looks after everybody who is still there.</summary>
    public void KeepAlive()
    {
        foreach (var (_, connection) in _welcome) connection.KeepAlive();
    }

    /// <summary>Ends every connection, and lets none in any more.</summary>
    public void CloseAll()
    {
        _closed = true;
        foreach (var connection in _waiting.All()) connection.Close(CloseCode.Restart, "service restart");
        foreach (var (_, connection) in _welcome) connection.Close(CloseCode.Restart, "service restart");
    }

    /// <summary>Sends an event to everybody who may hear it and, where <paramref name="also"/> is given, whom that lets pass.</summary>
    /// <param name="name">The event.</param>
    /// <param name="payload">What it says.</param>
    /// <param name="also">Lets pass or not.</param>
    /// <param name="version">Counts of changes, where it has them.</param>
    /// <param name="session">Key of the session it tells of, or null.</param>
    public void Broadcast(string name, byte[] payload, Func<GatewayConnection, bool>? also = null, StateVersion? version = null, string? session = null)
    {
        var frame = FrameWriter.Event(name, payload, version);
        foreach (var (_, connection) in _welcome)
        {
            if (GatewayEvents.MayHear(connection.Principal!, name) && MayHear(connection.Principal!, name, session) && also?.Invoke(connection) != false) connection.SendEvent(frame);
        }
    }

    /// <summary>Ends every connection of a device, because it lost its rights.</summary>
    public void CloseDevice(string deviceId, string? role = null) =>
        Close(connection => connection.Principal!.DeviceId == deviceId && (role is null || connection.Principal.Role == role), "device removed");

    /// <summary>Ends connections whose rights are not what they were.</summary>
    public void Close(Func<GatewayConnection, bool> which, string reason)
    {
        foreach (var (_, connection) in _welcome)
        {
            if (which(connection)) connection.Close(CloseCode.AuthChanged, reason);
        }
    }

    /// <summary>The connection of a node, or null.</summary>
    public GatewayConnection? FindNode(string nodeId) =>
        _welcome.Values.FirstOrDefault(c => c.Principal is { Role: Principal.Node } principal && principal.DeviceId == nodeId);

    /// <summary>This gateway, and the clients that stay.</summary>
    public IReadOnlyList<PresenceEntry> Presence()
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        var self = new PresenceEntry(now)
        {
            Host = Environment.MachineName,
            Version = ProductVersion.Text,
            Platform = RuntimeInformation.OSDescription,
            DeviceFamily = "Linux",
            Mode = "gateway",
            Reason = "self",
            InstanceId = BootId,
            Text = $"Gateway: {Environment.MachineName} · app {ProductVersion.Text} · mode gateway · reason self",
        };
        return [self, .. _welcome.Values.Where(Stays).OrderBy(c => c.ConnectedAt).Select(c => Describe(c, now))];
    }

    /// <summary>
    /// Clients come in crowds, as after a restart, and what their handshakes leave behind is megabytes. Counted by the most there ever were:
    /// who comes and goes makes no work.
    /// </summary>
    private void TrimAfterACrowd()
    {
        var most = Volatile.Read(ref _trimmedAt);
        if (_welcome.Count < most + Crowd || Interlocked.CompareExchange(ref _trimmedAt, most + Crowd, most) != most) return;
        ThreadPool.QueueUserWorkItem(_ => OwnMemory.TrimAfterStart());
    }

    private void PresenceChanged()
    {
        Interlocked.Increment(ref _presenceVersion);
        Broadcast("presence", FrameWriter.Payload(new PresenceList(Presence())), version: Version);
    }

    /// <summary>Programs that ask one thing and go would make the list flicker.</summary>
    private static bool Stays(GatewayConnection connection) => connection.Client is { Client.Mode: "ui" or "webchat" or "node" };

    private static PresenceEntry Describe(GatewayConnection connection, long now)
    {
        var client = connection.Client!.Client;
        return new PresenceEntry(now)
        {
            Host = client.DisplayName ?? client.Id,
            ClientId = client.Id,
            Ip = connection.Peer.IsDirectLoopback ? null : connection.Peer.Address?.ToString(),
            Version = client.Version,
            Platform = client.Platform,
            DeviceFamily = client.DeviceFamily,
            ModelIdentifier = client.ModelIdentifier,
            TimeZone = client.TimeZone,
            Mode = client.Mode,
            Reason = "connect",
            Text = $"{client.DisplayName ?? client.Id} · mode {client.Mode}",
            OnlineSince = connection.ConnectedAt.ToUnixTimeMilliseconds(),
            DeviceId = connection.Principal!.DeviceId,
            Roles = [connection.Principal.Role],
            Scopes = connection.Principal.Scopes,
            InstanceId = client.InstanceId,
        };
    }
}
