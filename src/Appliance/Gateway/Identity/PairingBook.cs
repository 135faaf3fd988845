using Appliance.Gateway.Identity.People;
using Appliance.Gateway.Protocol;

namespace Appliance.Gateway.Identity;

/// <summary>
/// Devices and nodes that are approved, and those that wait. What waits is forgotten after a while and has a bound, so that nobody can
/// fill the book. No one grants more than they hold. Safe for several threads.
/// </summary>
internal sealed class PairingBook(IdentityStore store, TimeProvider time)
{
    /// <summary>How long a request waits.</summary>
    public static readonly TimeSpan Expiry = TimeSpan.FromMinutes(5);

    /// <summary>Requests that may wait at once.</summary>
    public const int MostPending = 64;

    /// <summary>How old a device's token may become before a connection with the shared token renews it.</summary>
    private static readonly TimeSpan TokenAge = TimeSpan.FromDays(1);

    private readonly Lock _lock = new();
    private readonly List<PendingDevice> _devices = [];
    private readonly List<PendingNode> _nodes = [];

    /// <summary>Hears of a new request.</summary>
    public event Action<PendingDevice>? Requested;

    /// <summary>Approved devices.</summary>
    public IReadOnlyList<PairedDevice> Devices => store.State.Devices;

    /// <summary>Approved nodes.</summary>
    public IReadOnlyList<PairedNode> Nodes => store.State.Nodes;

    /// <summary>Devices that wait.</summary>
    public IReadOnlyList<PendingDevice> PendingDevices
    {
        get
        {
            lock (_lock)
            {
                _devices.RemoveAll(p => IsOver(p.Ts));
                return [.. _devices];
            }
        }
    }

    /// <summary>Nodes that wait.</summary>
    public IReadOnlyList<PendingNode> PendingNodes
    {
        get { lock (_lock) return [.. _nodes]; }
    }

    /// <summary>The approved device of that id, or null.</summary>
    public PairedDevice? Find(string deviceId) => store.State.Devices.FirstOrDefault(d => d.DeviceId == deviceId);

    /// <summary>The approved node of that id, or null.</summary>
    public PairedNode? FindNode(string nodeId) => store.State.Nodes.FirstOrDefault(n => n.NodeId == nodeId);

    /// <summary>Lets a device wait; one that waits already gets its own request again.</summary>
    /// <exception cref="GatewayException">Too many wait.</exception>
    public PendingDevice Request(PairedDevice device, string role, IReadOnlyList<string> scopes, string reason, string? remoteIp)
    {
        PendingDevice pending;
        lock (_lock)
        {
            _devices.RemoveAll(p => IsOver(p.Ts));
            if (_devices.FirstOrDefault(p => p.Device.DeviceId == device.DeviceId && p.Device.Person == device.Person && p.Role == role && p.Scopes.SequenceEqual(scopes)) is { } waits) return waits;
            // A device has one request: the newest is what it wants.
            _devices.RemoveAll(p => p.Device.DeviceId == device.DeviceId);
            if (_devices.Count >= MostPending)
                throw new GatewayException(ErrorCode.Unavailable, "too many devices wait to be paired; approve or reject some") { Retryable = true, RetryAfterMs = (long)Expiry.TotalMilliseconds };
            pending = new(Guid.NewGuid().ToString(), device, role, scopes, reason, remoteIp, Now);
            _devices.Add(pending);
        }
        Requested?.Invoke(pending);
        return pending;
    }

    /// <summary>Approves a device that waits.</summary>
    /// <param name="requestId">Its request.</param>
    /// <param name="by">Who approves; cannot give what it does not hold.</param>
    /// <exception cref="GatewayException">There is no such request, or the approver lacks a scope.</exception>
    /// <param name="person">The person it will be for; null leaves it to the token it came with.</param>
    public PairedDevice ApproveDevice(string requestId, Principal by, string? person = null)
    {
        var pending = PendingDevices.FirstOrDefault(p => p.RequestId == requestId) ?? throw GatewayException.Invalid("unknown requestId");
        if (Scope.FirstMissing(by.Scopes, pending.Scopes) is { } scope) throw GatewayException.MissingScope(scope);
        var device = person is null ? pending.Device : pending.Device with { Person = person };
        // Who is not the owner approves devices of their own alone.
        if (by.PersonId != Person.OwnerId && (device.Person ?? Person.OwnerId) != by.PersonId) throw GatewayException.MissingScope(Scope.Admin);
        Forget(requestId);
        return Add(device, pending.Role, pending.Scopes, "operator");
    }

    /// <summary>Approves a device without asking, or widens what it has.</summary>
    public PairedDevice Add(PairedDevice device, string role, IReadOnlyList<string> scopes, string via)
    {
        var state = store.Update(s =>
        {
            var old = s.Devices.FirstOrDefault(d => d.DeviceId == device.DeviceId);
            var next = device with
            {
                Roles = [.. (old?.Roles ?? []).Union([role])],
                Scopes = [.. (old?.Scopes ?? []).Union(scopes)],
                ApprovedVia = via,
                CreatedAtMs = old?.CreatedAtMs ?? Now,
                ApprovedAtMs = Now,
                Tokens = old?.Tokens ?? [],
            };
            return s with { Devices = [.. s.Devices.Where(d => d.DeviceId != device.DeviceId), next] };
        });
        return state.Devices.First(d => d.DeviceId == device.DeviceId);
    }

    /// <summary>Takes a waiting request away.</summary>
    public PendingDevice? Forget(string requestId)
    {
        lock (_lock)
        {
            var pending = _devices.FirstOrDefault(p => p.RequestId == requestId);
            if (pending is not null) _devices.Remove(pending);
            return pending;
        }
    }

    /// <summary>Removes a device, its tokens and its node. False where there was none.</summary>
    public bool Remove(string deviceId)
    {
        var removed = false;
        store.Update(s =>
        {
            removed = s.Devices.Any(d => d.DeviceId == deviceId);
            return removed ? s with { Devices = [.. s.Devices.Where(d => d.DeviceId != deviceId)], Nodes = [.. s.Nodes.Where(n => n.NodeId != deviceId)] } : s;
        });
        return removed;
    }

    /// <summary>Gives a device a name of the owner's choice. False where there is no such device.</summary>
    public bool Rename(string deviceId, string name) =>
        Change(deviceId, d => d with { DisplayName = name });

    /// <summary>A token for a device that came with the shared one; null where it has one that is good for what it asks.</summary>
    public string? RenewToken(string deviceId, string role, IReadOnlyList<string> scopes)
    {
        var token = Find(deviceId)?.Tokens.FirstOrDefault(t => t.Role == role);
        var good = token is not null && Scope.FirstMissing(token.Scopes, scopes) is null && Now - (token.RotatedAtMs ?? token.CreatedAtMs) < TokenAge.TotalMilliseconds;
        return good ? null : Rotate(deviceId, role, scopes);
    }

    /// <summary>A new token for a device and a role; the old one is worth nothing from now on.</summary>
    public string Rotate(string deviceId, string role, IReadOnlyList<string> scopes)
    {
        var made = Secret.New();
        var hash = Secret.Hash(made);
        var found = Change(deviceId, d =>
        {
            var old = d.Tokens.FirstOrDefault(t => t.Role == role);
            var next = new DeviceToken(role, hash, scopes, old?.CreatedAtMs ?? Now) { RotatedAtMs = old is null ? null : Now };
            return d with { Tokens = [.. d.Tokens.Where(t => t.Role != role), next] };
        });
        return found ? made : throw GatewayException.Invalid("unknown deviceId");
    }

    /// <summary>Takes a device's token of a role away. False where it had none.</summary>
    public bool Revoke(string deviceId, string role)
    {
        if (Find(deviceId)?.Tokens.Any(t => t.Role == role) != true) return false;
        return Change(deviceId, d => d with { Tokens = [.. d.Tokens.Where(t => t.Role != role)] });
    }

    /// <summary>Lets a node wait for its capabilities; null where an operator allowed all of them already.</summary>
    public PendingNode? RequestNode(PendingNode wanted)
    {
        var paired = FindNode(wanted.NodeId);
        if (paired is not null && !wanted.Commands.Except(paired.Commands).Any()) return null;
        lock (_lock)
        {
            if (_nodes.FirstOrDefault(p => p.NodeId == wanted.NodeId) is { } waits && waits.Commands.SequenceEqual(wanted.Commands)) return waits;
            _nodes.RemoveAll(p => p.NodeId == wanted.NodeId);
            _nodes.Add(wanted);
            return wanted;
        }
    }

    /// <summary>Approves a node's capabilities.</summary>
    /// <exception cref="GatewayException">There is no such request.</exception>
    public (PendingNode Request, PairedNode Node) ApproveNode(string requestId)
    {
        var pending = ForgetNode(requestId) ?? throw GatewayException.Invalid("unknown requestId");
        var node = new PairedNode(pending.NodeId, pending.Caps, pending.Commands)
        {
            DisplayName = FindNode(pending.NodeId)?.DisplayName ?? pending.DisplayName,
            CreatedAtMs = FindNode(pending.NodeId)?.CreatedAtMs ?? Now,
            ApprovedAtMs = Now,
        };
        store.Update(s => s with { Nodes = [.. s.Nodes.Where(n => n.NodeId != node.NodeId), node] });
        return (pending, node);
    }

    /// <summary>Takes a node's waiting request away; null where there is none.</summary>
    public PendingNode? ForgetNode(string requestId)
    {
        lock (_lock)
        {
            var pending = _nodes.FirstOrDefault(p => p.RequestId == requestId);
            if (pending is not null) _nodes.Remove(pending);
            return pending;
        }
    }

    /// <summary>Takes a node's approval away. False where it had none.</summary>
    public bool RemoveNode(string nodeId)
    {
        var removed = false;
        store.Update(s =>
        {
            removed = s.Nodes.Any(n => n.NodeId == nodeId);
            return removed ? s with { Nodes = [.. s.Nodes.Where(n => n.NodeId != nodeId)] } : s;
        });
        return removed;
    }

    /// <summary>Gives a node a name of the owner's choice. False where there is no such node.</summary>
    public bool RenameNode(string nodeId, string name)
    {
        if (FindNode(nodeId) is null) return Rename(nodeId, name);
        store.Update(s => s with { Nodes = [.. s.Nodes.Select(n => n.NodeId == nodeId ? n with { DisplayName = name } : n)] });
        return true;
    }

    private long Now => time.GetUtcNow().ToUnixTimeMilliseconds();

    private bool IsOver(long since) => Now - since > Expiry.TotalMilliseconds;

    private bool Change(string deviceId, Func<PairedDevice, PairedDevice> change)
    {
        var found = false;
        store.Update(s =>
        {
            found = s.Devices.Any(d => d.DeviceId == deviceId);
            return found ? s with { Devices = [.. s.Devices.Select(d => d.DeviceId == deviceId ? change(d) : d)] } : s;
        });
        return found;
    }
}
