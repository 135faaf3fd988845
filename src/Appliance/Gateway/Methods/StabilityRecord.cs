using Appliance.Gateway.Methods.Wire;

namespace Appliance.Gateway.Methods;

/// <summary>What happened lately that says how well the gateway runs, in a ring: how turns ended and how long they took. Safe for several threads.</summary>
/// <param name="time">The clock.</param>
internal sealed class StabilityRecord(TimeProvider time)
{
    /// <summary>Events that are kept.</summary>
    public const int Capacity = 256;

    private readonly Lock _lock = new();
    private readonly Queue<StabilityEvent> _events = new();
    private long _last;

    /// <summary>Notes one.</summary>
    /// <param name="type">What it was.</param>
    /// <param name="milliseconds">How long it took, or null.</param>
    public void Note(string type, long? milliseconds = null)
    {
        lock (_lock)
        {
            _events.Enqueue(new StabilityEvent(++_last, time.GetUtcNow().ToUnixTimeMilliseconds(), type, milliseconds));
            if (_events.Count > Capacity) _events.Dequeue();
        }
    }

    /// <summary>The newest, oldest first, and how many are gone.</summary>
    /// <param name="limit">Most.</param>
    /// <param name="type">Of this type alone; null for all.</param>
    public (IReadOnlyList<StabilityEvent> Events, long Dropped) Read(int limit, string? type)
    {
        lock (_lock) return ([.. _events.Where(e => type is null || e.Type == type).TakeLast(limit)], _last - _events.Count);
    }
}
