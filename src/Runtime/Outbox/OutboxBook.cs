using System.Text;
using Models;

namespace Runtime.Outbox;

/// <summary>
/// What is to leave the box and cannot just now: on the disk before it is acknowledged, sent once when it can be, in order for each destination,
/// given up after a time. A try is on the disk before it is made, so a crash in the middle of one is seen: a channel that takes things once is asked
/// again, another's entry is held for its owner. Safe for several threads.
/// </summary>
/// <param name="path">The file; it is made when something is first taken.</param>
/// <param name="channels">The ways out, by kind.</param>
/// <param name="isOffline">True while nothing may be sent.</param>
/// <param name="time">The clock.</param>
/// <param name="tell">Hears in a sentence of what is given up or held.</param>
public sealed class OutboxBook(string path, IReadOnlyDictionary<string, OutboxChannel> channels, Func<bool> isOffline, TimeProvider time, Action<string> tell) : IDisposable
{
    /// <summary>Entries that may wait.</summary>
    public const int MostEntries = 1000;

    /// <summary>Bytes of all that waits.</summary>
    public const int MostBytes = 4 << 20;

    /// <summary>Bytes of one entry.</summary>
    public const int LargestEntry = 256 << 10;

    /// <summary>How long an entry waits before it is given up.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromDays(3);

    private const string Cut = "The box stopped while this was being sent: nobody knows whether it arrived. `appliance outbox retry` sends it again.";
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(5), LongestPause = TimeSpan.FromMinutes(5);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, (TimeSpan Pause, long Until)> _resting = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _stop = new();
    private List<OutboxEntry>? _entries;
    private Queue<string> _sent = new();
    private OutboxFile? _file;
    private ITimer? _timer;
    private Task _sending = Task.CompletedTask;
    private bool _again;

    /// <summary>True where a home has one.</summary>
    public static bool IsIn(string path) => File.Exists(path) && OutboxFile.Read(path).Entries.Count > 0;

    /// <summary>Where a home's is.</summary>
    public static string PathIn(string home) => Path.Combine(home, "outbox", "outbox.jsonl");

    /// <summary>What a file holds, whoever uses it.</summary>
    public static IReadOnlyList<OutboxEntry> Read(string path) => OutboxFile.Read(path).Entries;

    /// <summary>What waits or is held, in order.</summary>
    /// <exception cref="ModelException">The file cannot be used.</exception>
    public IReadOnlyList<OutboxEntry> All
    {
        get { lock (_lock) return _entries is null && !File.Exists(path) ? [] : [.. Open()]; }
    }

    /// <summary>True where something for a destination waits already, so that the next must wait behind it.</summary>
    public bool IsWaiting(string kind, string to)
    {
        lock (_lock) return (_entries is not null || File.Exists(path)) && Open().Exists(entry => entry.Held is null && entry.Kind == kind && entry.To == to);
    }

    /// <summary>True where something with this key was taken: it waits, or was sent not long ago.</summary>
    public bool IsKnown(string key)
    {
        lock (_lock) return (_entries is not null || File.Exists(path)) && (Open().Exists(entry => entry.Key == key) || _sent.Contains(key));
    }

    /// <summary>Takes something, once for a key. It is on the disk when this returns.</summary>
    /// <returns>The entry; null where what has this key was sent already.</returns>
    /// <exception cref="ModelException">It is too large, as much as may wait does, or it cannot be written.</exception>
    public OutboxEntry? Add(string kind, string to, string body, string key)
    {
        lock (_lock)
        {
            var entries = Open();
            if (entries.Find(entry => entry.Key == key) is { } known) return known;
            if (_sent.Contains(key)) return null;
            var size = Encoding.UTF8.GetByteCount(body);
            if (size > LargestEntry) throw new ModelException($"What waits to be sent has up to {LargestEntry >> 10} KiB; this has {size >> 10}.");
            if (entries.Count >= MostEntries || entries.Sum(entry => (long)Encoding.UTF8.GetByteCount(entry.Body)) + size > MostBytes)
                throw new ModelException($"As much as may wait to be sent waits already ({entries.Count} entries). `appliance outbox list` shows it, `appliance outbox remove` gives one up.");
            var now = Now;
            var entry = new OutboxEntry(Guid.NewGuid().ToString("N")[..12], kind, to, body, key, now, now + (long)Lifetime.TotalMilliseconds);
            Keep(() => _file!.Put(entry));
            entries.Add(entry);
            Wake();
            return entry;
        }
    }

    /// <summary>Gives an entry up. False where there is none, or it is being sent.</summary>
    /// <exception cref="ModelException">It cannot be written.</exception>
    public bool Remove(string id)
    {
        lock (_lock)
        {
            var entries = Open();
            if (entries.Find(e => e.Id == id) is not { IsTrying: false } entry) return false;
            Keep(() => _file!.Gone(id));
            return entries.Remove(entry);
        }
    }

    /// <summary>Lets an entry be sent again that is held, and all that rest. False where there is none.</summary>
    /// <param name="id">Which; null for all that only wait.</param>
    /// <exception cref="ModelException">It cannot be written.</exception>
    public bool Retry(string? id)
    {
        lock (_lock)
        {
            if (id is not null)
            {
                if (Open().Find(e => e.Id == id) is not { } entry) return false;
                if (entry.Held is not null) Set(entry with { Held = null, ExpiresMs = Now + (long)Lifetime.TotalMilliseconds });
            }
            _resting.Clear();
            Wake();
            return true;
        }
    }

    /// <summary>Sends what can be sent: something changed, or was taken up after a restart.</summary>
    public void Wake()
    {
        lock (_lock)
        {
            if (_stop.IsCancellationRequested || _entries is null && !File.Exists(path)) return;
            _again = true;
            if (_sending.IsCompleted) _sending = Task.Run(SendAllAsync);
        }
    }

    /// <summary>Sends nothing more; what is being sent comes to its end.</summary>
    public void Dispose()
    {
        Task sending;
        lock (_lock)
        {
            _stop.Cancel();
            _timer?.Dispose();
            sending = _sending;
        }
        sending.Wait(TimeSpan.FromSeconds(5));
        lock (_lock) _file?.Dispose();
    }

    /// <summary>Waits until nothing is being sent.</summary>
    internal Task IdleAsync()
    {
        lock (_lock) return _sending;
    }

    private long Now => time.GetUtcNow().ToUnixTimeMilliseconds();

    private async Task SendAllAsync()
    {
        while (true)
        {
            List<OutboxEntry> next;
            lock (_lock)
            {
                _again = false;
                try { next = Next(); }
                catch (ModelException e)
                {
                    tell(e.Message);
                    next = [];
                }
                if (next.Count == 0 && !_again)
                {
                    Wait();
                    // Whoever comes now begins anew: this task is as good as over.
                    _sending = Task.CompletedTask;
                    return;
                }
            }
            await Task.WhenAll(next.Select(SendAsync));
        }
    }

    // The first of each destination that may be sent now; the tries are on the disk.
    private List<OutboxEntry> Next()
    {
        var entries = Open();
        foreach (var old in entries.Where(entry => entry.ExpiresMs <= Now).ToList())
        {
            Keep(() => _file!.Gone(old.Id));
            entries.Remove(old);
            tell($"outbox: gave up {old.Id} ({old.Kind}), which could not be sent for {Lifetime.TotalDays:0} days");
        }
        if (isOffline() || _stop.IsCancellationRequested) return [];
        var now = time.GetTimestamp();
        var heads = entries.Where(entry => entry.Held is null).DistinctBy(Place).Where(entry => channels.ContainsKey(entry.Kind) && !(_resting.TryGetValue(Place(entry), out var rest) && rest.Until > now)).Take(4).ToList();
        List<OutboxEntry> begun = [];
        foreach (var entry in heads)
        {
            try { begun.Add(Set(entry with { IsTrying = true, Tries = entry.Tries + 1 })); }
            catch (ModelException e)
            {
                // What is not on the disk is not tried.
                tell(e.Message);
                Rest(entry, LongestPause);
            }
        }
        return begun;
    }

    private async Task SendAsync(OutboxEntry entry)
    {
        DeliveryException? fault = null;
        try
        {
            await channels[entry.Kind].SendAsync(entry, CancellationToken.None);
        }
        catch (DeliveryException e)
        {
            fault = e;
        }
        catch (Exception e)
        {
            fault = new DeliveryException(DeliveryFault.Unknown, e is ModelException ? e.Message : "Internal error. The gateway's output has the details.", e);
            if (e is not ModelException) tell($"outbox: {e}");
        }
        lock (_lock)
        {
            try { Ended(entry, fault); }
            catch (ModelException e)
            {
                // It stays as it is on the disk: a try whose end nobody wrote down.
                tell(e.Message);
                Rest(entry, LongestPause);
            }
        }
    }

    private void Ended(OutboxEntry entry, DeliveryException? fault)
    {
        if (fault is null)
        {
            Keep(() => _file!.Sent(entry.Key));
            _entries!.RemoveAll(e => e.Id == entry.Id);
            _sent.Enqueue(entry.Key);
            if (_sent.Count > OutboxFile.MostSent) _sent.Dequeue();
            _resting.Remove(Place(entry));
            return;
        }
        var mayGoOn = fault.Fault == DeliveryFault.NotSent || (fault.Fault == DeliveryFault.Unknown && channels[entry.Kind].IsIdempotent);
        Set(entry with { IsTrying = false, Error = fault.Message, Held = mayGoOn ? null : fault.Message });
        if (!mayGoOn) tell($"outbox: {entry.Id} ({entry.Kind}) is held: {fault.Message}");
        else
        {
            var pause = _resting.TryGetValue(Place(entry), out var before) ? before.Pause * 2 : FirstPause;
            Rest(entry, pause < LongestPause ? pause : LongestPause);
        }
    }

    // Until the first of those that rest may be tried again; offline, only what grows old is looked after.
    private void Wait()
    {
        if (_stop.IsCancellationRequested || _entries is not { Count: > 0 }) return;
        var now = time.GetTimestamp();
        var wait = TimeSpan.FromHours(1);
        if (!isOffline())
        {
            foreach (var entry in _entries.Where(entry => entry.Held is null && channels.ContainsKey(entry.Kind)))
            {
                var until = _resting.TryGetValue(Place(entry), out var rest) ? TimeSpan.FromSeconds(Math.Max(0, rest.Until - now) / (double)time.TimestampFrequency) : TimeSpan.Zero;
                wait = until < wait ? until : wait;
            }
        }
        _timer ??= time.CreateTimer(_ => Wake(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _timer.Change(wait + TimeSpan.FromMilliseconds(1), Timeout.InfiniteTimeSpan);
    }

    private List<OutboxEntry> Open()
    {
        if (_entries is not null)
        {
            // What is over takes room until it is left out.
            if (_file!.Length < 4L * MostBytes) return _entries;
            _file.Dispose();
            (_file, _, _sent) = OutboxFile.Open(path);
            return _entries;
        }
        (_file, _entries, _sent) = OutboxFile.Open(path);
        foreach (var cut in _entries.Where(entry => entry.IsTrying).ToList())
        {
            var isOnce = channels.TryGetValue(cut.Kind, out var channel) && channel.IsIdempotent;
            Set(cut with { IsTrying = false, Held = isOnce ? null : Cut, Error = Cut });
        }
        return _entries;
    }

    private OutboxEntry Set(OutboxEntry entry)
    {
        Keep(() => _file!.Put(entry));
        var at = _entries!.FindIndex(e => e.Id == entry.Id);
        if (at >= 0) _entries[at] = entry;
        return entry;
    }

    private void Keep(Action write)
    {
        try { write(); }
        catch (IOException e) { throw new ModelException($"{path} cannot be written ({e.Message}). What waits to be sent stays as it was; look at the disk.", e); }
    }

    private static string Place(OutboxEntry entry) => $"{entry.Kind} {entry.To}";

    private void Rest(OutboxEntry entry, TimeSpan pause) => _resting[Place(entry)] = (pause, time.GetTimestamp() + (long)(pause.TotalSeconds * time.TimestampFrequency));
}
