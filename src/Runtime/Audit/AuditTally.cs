namespace Runtime.Audit;

/// <summary>
/// Things that happen often, told once at once and then by number: what a client polls, and above all what strangers try, who must not be
/// able to fill the disk nor to push older records out. Not safe for several threads: the log holds its lock.
/// </summary>
/// <param name="now">The clock's first reading, Unix milliseconds.</param>
internal sealed class AuditTally(long now)
{
    /// <summary>How long the same is counted before it is told again, milliseconds.</summary>
    public const long Window = 10 * 60 * 1000;

    /// <summary>Different things that are counted each by itself; the others by kind, action and rule.</summary>
    public const int MostKeys = 1024;

    // New things a minute that are told at once, and how many may come in one go: of people who are known, and of strangers.
    private readonly Bucket _known = new(512, 30, now), _strangers = new(20, 1, now);
    private readonly Dictionary<AuditEvent, Entry> _entries = [];
    private long _sweptAt = now;

    /// <summary>Counts one.</summary>
    /// <returns>What is to be written now: the event itself where it is new, and what was counted where its time has come.</returns>
    public IReadOnlyList<AuditEvent> Add(AuditEvent happened, long now)
    {
        var due = now - _sweptAt >= Window || now < _sweptAt ? Sweep(now) : [];
        if (_entries.TryGetValue(happened, out var entry))
        {
            entry.Add(now);
            return due;
        }
        var bucket = happened.By is null or { Person: null } ? _strangers : _known;
        if (_entries.Count < MostKeys && bucket.Take(now))
        {
            _entries[happened] = new Entry();
            return [.. due, happened];
        }
        // Client, run and address tell one stranger from another; what they tried does not grow with their number.
        var others = new AuditEvent(happened.Kind, happened.Decision == AuditEvent.Deny ? "refused" : "allowed") { Decision = happened.Decision, Rule = happened.Rule, Detail = "several" };
        if (!_entries.TryGetValue(others, out entry)) _entries[others] = entry = new Entry();
        entry.Add(now);
        return due;
    }

    /// <summary>All that was counted and not told yet.</summary>
    public IReadOnlyList<AuditEvent> Sweep(long now)
    {
        _sweptAt = now;
        var due = _entries.Where(e => e.Value.Count > 0).Select(e => e.Key with { Count = e.Value.Count, Since = e.Value.Since }).ToList();
        foreach (var (key, entry) in _entries.ToArray())
        {
            if (entry.Count == 0) _entries.Remove(key);
            else entry.Clear();
        }
        return due;
    }

    /// <summary>True where something waits to be told.</summary>
    public bool HasCounted => _entries.Values.Any(e => e.Count > 0);

    private sealed class Entry
    {
        public long Count { get; private set; }
        public long Since { get; private set; }

        public void Add(long now)
        {
            if (Count++ == 0) Since = now;
        }

        public void Clear() => Count = 0;
    }

    private sealed class Bucket(int most, int perMinute, long now)
    {
        private double _tokens = most;
        private long _at = now;

        public bool Take(long now)
        {
            _tokens = Math.Min(most, _tokens + Math.Max(0, now - _at) * perMinute / 60_000.0);
            _at = now;
            if (_tokens < 1) return false;
            _tokens--;
            return true;
        }
    }
}
