using System.Net;
using System.Net.Sockets;

namespace Appliance.Gateway.Identity;

/// <summary>
/// Counts failed tries to prove an identity: so many a minute from one address, then a lockout, for the right token too. Loopback is no
/// exception, or a page in a browser could guess for ever. It counts time that passes: a clock that is set ends no lockout and prolongs none.
/// Safe for several threads; memory is bounded.
/// </summary>
/// <param name="time">The clock.</param>
internal sealed class AttemptLimiter(TimeProvider time)
{
    /// <summary>Failures within <see cref="Window"/> that lock an address out.</summary>
    public const int MostFailures = 10;

    /// <summary>Addresses that are remembered; beyond that those that have been quiet longest are forgotten.</summary>
    public const int MostAddresses = 4096;

    /// <summary>How long a failure counts.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromSeconds(60);

    /// <summary>How long a lockout lasts.</summary>
    public static readonly TimeSpan Lockout = TimeSpan.FromMinutes(5);

    private readonly Lock _lock = new();
    private readonly long _start = time.GetTimestamp();
    private readonly Dictionary<string, Record> _records = [];

    /// <summary>How long an address is still locked out; null where it is not. Asked before a try and after it: of many at once only those
    /// that come first may learn whether they were right.</summary>
    public TimeSpan? LockedFor(IPAddress? address)
    {
        var now = Now;
        lock (_lock) return _records.TryGetValue(Key(address), out var record) && record.LockedUntil > now ? record.LockedUntil - now : null;
    }

    /// <summary>Counts a failure; gives how long the address is locked out already where others of many at once came first: such a try is to learn nothing.</summary>
    public TimeSpan? Failed(IPAddress? address)
    {
        var now = Now;
        lock (_lock)
        {
            var key = Key(address);
            if (!_records.TryGetValue(key, out var record))
            {
                if (_records.Count >= MostAddresses) Forget(now);
                _records[key] = record = new Record();
            }
            if (record.LockedUntil > now) return record.LockedUntil - now;
            while (record.Failures.TryPeek(out var first) && first <= now - Window) record.Failures.Dequeue();
            record.Failures.Enqueue(now);
            if (record.Failures.Count < MostFailures) return null;
            record.Failures.Clear();
            record.LockedUntil = now + Lockout;
            return null;
        }
    }

    /// <summary>An address under one name: IPv4 inside IPv6 is IPv4, loopback is one, and of IPv6 the /64 counts that one household gets.</summary>
    internal static string Key(IPAddress? address)
    {
        if (address is null) return "unknown";
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        if (IPAddress.IsLoopback(address)) return "loopback";
        return address.AddressFamily == AddressFamily.InterNetwork ? address.ToString() : Convert.ToHexStringLower(address.GetAddressBytes().AsSpan(0, 8));
    }

    private TimeSpan Now => time.GetElapsedTime(_start);

    private void Forget(TimeSpan now)
    {
        foreach (var (key, _) in _records.Where(r => r.Value.IsQuiet(now)).ToArray()) _records.Remove(key);
        if (_records.Count < MostAddresses) return;
        foreach (var (key, _) in _records.Where(r => r.Value.LockedUntil <= now).OrderBy(r => r.Value.Failures.LastOrDefault()).Take(MostAddresses / 4).ToArray())
            _records.Remove(key);
    }

    private sealed class Record
    {
        public Queue<TimeSpan> Failures { get; } = new();
        public TimeSpan LockedUntil { get; set; }

        public bool IsQuiet(TimeSpan now) => LockedUntil <= now && Failures.All(at => at <= now - Window);
    }
}
