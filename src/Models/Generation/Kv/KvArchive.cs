using Models.Generation.Scheduling;
using Models.Store;

namespace Models.Generation.Kv;

/// <summary>
/// Keeps what a model has computed warm across restarts and power cuts: restores it at load, and saves it a while after the last
/// answer, so that a busy box does not wear its disk, and when the model is unloaded. Safe for several threads.
/// </summary>
internal sealed class KvArchive : IDisposable
{
    /// <summary>How long nothing must have happened before something is saved.</summary>
    public static readonly TimeSpan Quiet = TimeSpan.FromSeconds(10);

    /// <summary>Least time between two saves; a flash disk bears only so many.</summary>
    public static readonly TimeSpan Apart = TimeSpan.FromMinutes(10);

    private readonly KvArchiveOptions _options;
    private readonly KvCache _cache;
    private readonly Scheduler _scheduler;
    private readonly byte[] _key;
    private readonly ITimer _timer;
    private readonly SemaphoreSlim _saving = new(1, 1);
    private long? _savedAt;
    private long _savedAdditions;

    /// <summary>Saves what a cache keeps. The cache belongs to the scheduler's thread.</summary>
    public KvArchive(KvArchiveOptions options, byte[] key, KvCache cache, Scheduler scheduler)
    {
        (_options, _key, _cache, _scheduler) = (options, key, cache, scheduler);
        _timer = options.Time.CreateTimer(static archive => ((KvArchive)archive!).SaveIfDue(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Takes over what was saved before. A file that cannot be used is left out, with one notice.</summary>
    public static void Restore(KvArchiveOptions options, byte[] key, KvCache cache)
    {
        try
        {
            foreach (var left in Directory.EnumerateFiles(Path.GetDirectoryName(options.Path)!, Path.GetFileName(options.Path) + ".*.tmp")) File.Delete(left);
            if (cache.Restore(options.Path, key).Reason is { } reason)
                options.Notice($"{options.Path} is not used, because {reason}; it will be written anew.");
        }
        catch (Exception e) when (e is DirectoryNotFoundException or FileNotFoundException)
        {
            // Nothing was saved yet.
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            options.Notice($"{options.Path} is not used: {e.Message}");
        }
    }

    /// <summary>An answer ended: what it left is worth saving once nothing has happened for a while.</summary>
    public void Touch() => _timer.Change(Quiet, Timeout.InfiniteTimeSpan);

    /// <summary>Saves now, if anything came in since the last time.</summary>
    public async Task SaveAsync()
    {
        await _saving.WaitAsync();
        try
        {
            IReadOnlyList<(int Parent, int[] Tokens, int Block)> held = [];
            var additions = 0L;
            await _scheduler.DoAsync(() => (held, additions) = (_cache.Hold(_options.MostBytes), _cache.Additions));
            try
            {
                if (additions == _savedAdditions) return;
                // Blocks that are kept do not change, so they can be written while the model goes on.
                HomeFolder.EnsureFolder(Path.GetDirectoryName(_options.Path)!);
                KvFile.Write(_options.Path, _key, _cache.Layout.BlockBytes, [.. held.Select(node => (node.Parent, node.Tokens, _cache.Address(node.Block)))]);
                (_savedAdditions, _savedAt) = (additions, _options.Time.GetTimestamp());
            }
            finally
            {
                await _scheduler.DoAsync(() => _cache.Release(held));
            }
        }
        catch (ObjectDisposedException)
        {
            // The model was unloaded, and saved what it had then.
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ModelException)
        {
            _options.Notice($"What the model has computed could not be saved for the next start: {e.Message}");
        }
        finally
        {
            _saving.Release();
        }
    }

    private void SaveIfDue()
    {
        if (_savedAt is { } last && _options.Time.GetElapsedTime(last) is var since && since < Apart) _timer.Change(Apart - since, Timeout.InfiniteTimeSpan);
        else if (_scheduler.Load > 0) Touch();
        else _ = SaveAsync();
    }

    /// <summary>Saves what is not saved yet.</summary>
    public void Dispose()
    {
        _timer.Dispose();
        SaveAsync().GetAwaiter().GetResult();
    }
}
