using System.Collections.Concurrent;

namespace Appliance.Gateway.Methods;

/// <summary>Devices that asked for more scopes and wait to hear. Safe for several threads; as many as may wait to be paired.</summary>
internal sealed class ScopeUpgrades
{
    private readonly ConcurrentDictionary<string, Upgrade> _open = new(StringComparer.Ordinal);

    /// <summary>One begins to wait; asked again it is the same.</summary>
    public void Open(string requestId, string deviceId, IReadOnlyList<string> scopes)
    {
        // A device has one request; the one before is nobody's any more.
        foreach (var (id, old) in _open)
        {
            if (old.DeviceId == deviceId && id != requestId && !old.Decision.IsCompleted && _open.TryRemove(id, out _)) old.Decide(false);
        }
        _open.TryAdd(requestId, new Upgrade(deviceId, scopes));
    }

    /// <summary>The request of that device, or null: another device learns nothing of it.</summary>
    public Upgrade? Find(string requestId, string? deviceId) => _open.TryGetValue(requestId, out var upgrade) && upgrade.DeviceId == deviceId ? upgrade : null;

    /// <summary>It was decided.</summary>
    public void Decided(string requestId, bool approved)
    {
        if (_open.TryGetValue(requestId, out var upgrade)) upgrade.Decide(approved);
    }

    /// <summary>Takes an approved one: of many who wait for the same, one gets the token.</summary>
    public bool TryTake(string requestId) => _open.TryRemove(requestId, out _);

    /// <summary>One of them.</summary>
    internal sealed class Upgrade(string deviceId, IReadOnlyList<string> scopes)
    {
        private readonly TaskCompletionSource<bool> _decision = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>The device.</summary>
        public string DeviceId => deviceId;

        /// <summary>All it will have.</summary>
        public IReadOnlyList<string> Scopes => scopes;

        /// <summary>True where it was approved.</summary>
        public Task<bool> Decision => _decision.Task;

        /// <summary>Says what was decided.</summary>
        public void Decide(bool approved) => _decision.TrySetResult(approved);
    }
}
