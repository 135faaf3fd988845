using Appliance.Gateway.Protocol;

namespace Appliance.Gateway.Identity;

/// <summary>
/// How often one identity may ask: so many in one go and so many a second after that, over all its connections together; fewer of what
/// changes the box or lets somebody in. Safe for several threads; memory is bounded.
/// </summary>
internal sealed class RequestLimiter(TimeProvider time)
{
    /// <summary>Requests in one go, and a second.</summary>
    public const int Burst = 5000, PerSecond = 200;

    /// <summary>The same for what needs the scopes of administration or pairing.</summary>
    public const int SensitiveBurst = 240, SensitivePerSecond = 4;

    private const int MostIdentities = 4096;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Bucket> _buckets = new(StringComparer.Ordinal);

    /// <summary>Counts a request.</summary>
    /// <param name="principal">Who asks: a device is one, a person without a device is one.</param>
    /// <param name="connection">Whose connection it is, for what is nobody's.</param>
    /// <param name="isSensitive">True for what changes the box.</param>
    /// <exception cref="GatewayException">It is one too many; it says when to try again.</exception>
    public void Take(Principal principal, string connection, bool isSensitive)
    {
        var who = principal.DeviceId ?? (principal.PersonId.Length > 0 ? $"person {principal.PersonId}" : connection);
        var (key, burst, rate) = isSensitive ? (who + " !", SensitiveBurst, SensitivePerSecond) : (who, Burst, PerSecond);
        double wait;
        lock (_lock)
        {
            if (!_buckets.TryGetValue(key, out var bucket))
            {
                if (_buckets.Count >= MostIdentities) Forget();
                _buckets[key] = bucket = new Bucket(burst, rate, time.GetTimestamp());
            }
            wait = bucket.Take(time);
        }
        if (wait > 0) throw new GatewayException(ErrorCode.Unavailable, "rate limit exceeded") { Retryable = true, RetryAfterMs = (long)Math.Ceiling(wait * 1000) };
    }

    // Whoever is full again may be forgotten: they would begin full anyway. Where nobody is, the fullest go.
    private void Forget()
    {
        foreach (var (key, _) in _buckets.OrderByDescending(b => b.Value.Level(time)).Take(MostIdentities / 4).ToArray()) _buckets.Remove(key);
    }

    private sealed class Bucket(int burst, int perSecond, long now)
    {
        private double _tokens = burst;
        private long _at = now;

        public double Level(TimeProvider time) => Math.Min(burst, _tokens + time.GetElapsedTime(_at).TotalSeconds * perSecond) / burst;

        /// <summary>Takes one; seconds to wait where there is none.</summary>
        public double Take(TimeProvider time)
        {
            _tokens = Math.Min(burst, _tokens + time.GetElapsedTime(_at).TotalSeconds * perSecond);
            _at = time.GetTimestamp();
            if (_tokens < 1) return (1 - _tokens) / perSecond;
            _tokens--;
            return 0;
        }
    }
}
