using Models;
using Runtime.Audit.Storage;

namespace Runtime.Audit;

/// <summary>
/// The record of what this box did and for whom: append-only, hash-chained, with checkpoints signed by the box's key. Recording never
/// waits; who must not act before it is written waits for <see cref="AppendDurableAsync"/>. Events that come together share one fsync.
/// Nothing is opened before the first event. Safe for several threads, for one process at a time.
/// </summary>
/// <param name="home">The home folder; the log is in its <c>audit</c>.</param>
/// <param name="time">The clock.</param>
/// <param name="onProblem">Hears, in a sentence, when events cannot be written.</param>
/// <param name="options">How much is kept.</param>
public sealed class AuditLog(string home, TimeProvider time, Action<string>? onProblem = null, AuditOptions? options = null) : IAsyncDisposable
{
    private readonly AuditOptions _options = options ?? new();
    private readonly Lock _lock = new();
    private readonly AuditTally _tally = new(time.GetUtcNow().ToUnixTimeMilliseconds());
    private List<Waiting> _waiting = [];
    private TaskCompletionSource _urgent = NewSignal();
    private Task? _writing;
    private ITimer? _sweep;
    private AuditWriter? _writer;
    private long _lost;
    private bool _told, _closed;

    /// <summary>Records an event. It is on the disk within a second, with others; where the disk is slower than what happens, it is lost and counted.</summary>
    public void Record(AuditEvent happened)
    {
        lock (_lock) Add(happened, null);
    }

    /// <summary>Records something that happens often: at once where it is new, and then by number every ten minutes.</summary>
    public void RecordOften(AuditEvent happened)
    {
        lock (_lock)
        {
            foreach (var due in _tally.Add(happened, Now)) Add(due, null);
            if (!_closed && _tally.HasCounted) _sweep ??= time.CreateTimer(_ => Sweep(), null, TimeSpan.FromMilliseconds(AuditTally.Window), Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Records an event and waits until it is on the disk. Whoever gets an error here does not do what it wanted to record.</summary>
    /// <exception cref="ModelException">It cannot be written.</exception>
    public Task AppendDurableAsync(AuditEvent happened)
    {
        var written = NewSignal();
        lock (_lock)
        {
            if (_waiting.Count >= 2 * _options.MostWaiting) throw new ModelException("The audit log cannot keep up with its disk. Try again later.");
            Add(happened, written);
            _urgent.TrySetResult();
        }
        return written.Task;
    }

    /// <summary>Waits until what was recorded so far is on the disk or was given up.</summary>
    public async Task FlushAsync()
    {
        var written = NewSignal();
        lock (_lock)
        {
            if (_writing is null || _closed) return;
            _waiting.Add(new(null, Now, written));
            _urgent.TrySetResult();
        }
        // That it was given up has been said where it was lost.
        await written.Task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>Writes what is left and vouches for it.</summary>
    public async ValueTask DisposeAsync()
    {
        Task rest;
        lock (_lock)
        {
            rest = Flush();
            _closed = true;
        }
        await rest;
        _sweep?.Dispose();
        if (_writer is null) return;
        try { _writer.CheckpointIfNeeded(); }
        catch (ModelException e) { onProblem?.Invoke(e.Message); }
        _writer.Dispose();
        _writer = null;
    }

    private long Now => time.GetUtcNow().ToUnixTimeMilliseconds();

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private Task Flush()
    {
        foreach (var due in _tally.Sweep(Now)) Add(due, null);
        _urgent.TrySetResult();
        return _writing ?? Task.CompletedTask;
    }

    private void Add(AuditEvent happened, TaskCompletionSource? written)
    {
        if (_closed)
        {
            written?.TrySetException(new ModelException("The audit log is closed."));
            return;
        }
        if (written is null && _waiting.Count >= _options.MostWaiting)
        {
            _lost++;
            return;
        }
        _waiting.Add(new(happened, Now, written));
        _writing ??= Task.Run(WriteAllAsync);
    }

    private void Sweep()
    {
        lock (_lock)
        {
            _sweep?.Dispose();
            _sweep = null;
            foreach (var due in _tally.Sweep(Now)) Add(due, null);
        }
    }

    private async Task WriteAllAsync()
    {
        while (true)
        {
            Task urgent;
            lock (_lock)
            {
                if (_waiting.Count == 0)
                {
                    _writing = null;
                    return;
                }
                urgent = _urgent.Task;
            }
            using (var patience = new CancellationTokenSource())
            {
                await Task.WhenAny(urgent, Task.Delay(_options.Pause, time, patience.Token));
                await patience.CancelAsync();
            }
            List<Waiting> batch;
            lock (_lock)
            {
                (batch, _waiting) = (_waiting, []);
                if (_urgent.Task.IsCompleted) _urgent = NewSignal();
                if (_lost > 0) batch.Insert(0, new(new AuditEvent(AuditKind.Log, "lost") { Count = _lost, Detail = "events that could not be written" }, Now, null));
            }
            Write(batch);
        }
    }

    private void Write(List<Waiting> batch)
    {
        Exception? fault = null;
        try
        {
            _writer ??= AuditWriter.Open(home, _options, time);
            if (batch.Where(w => w.Event is not null).Select(w => (w.Event!, w.Ts)).ToArray() is { Length: > 0 } events) _writer.Append(events);
        }
        catch (Exception e)
        {
            fault = e;
        }
        lock (_lock)
        {
            if (fault is null)
            {
                if (batch[0].Event is { Kind: AuditKind.Log, Action: "lost", Count: { } told }) _lost -= told;
                _told = false;
            }
            else _lost += batch.Count(w => w.Event is not null and not { Kind: AuditKind.Log, Action: "lost" });
        }
        foreach (var waiting in batch)
        {
            if (fault is null) waiting.Written?.TrySetResult();
            else waiting.Written?.TrySetException(fault as ModelException ?? new ModelException($"The audit log cannot be written: {fault.Message}", fault));
        }
        if (fault is null || _told) return;
        // Once until it works again: a full disk must not fill the output too.
        _told = true;
        onProblem?.Invoke($"The audit log cannot be written, and what needs it is refused: {fault.Message}");
    }

    // Without an event it only waits.
    private readonly record struct Waiting(AuditEvent? Event, long Ts, TaskCompletionSource? Written);
}
