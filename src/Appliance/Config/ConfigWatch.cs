namespace Appliance.Config;

/// <summary>
/// Looks at the file when the system says that something happened to it, a moment later, as programs write in several steps; and every few
/// seconds in any case, as not every file system says so.
/// </summary>
internal sealed class ConfigWatch : IDisposable
{
    private static readonly TimeSpan Settling = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(5);
    private readonly ITimer _timer;
    private readonly FileSystemWatcher? _watcher;
    private (DateTime, long) _stamp;

    /// <summary>Begins to look.</summary>
    /// <param name="file">The file.</param>
    /// <param name="changed">Hears that it may have changed; one call at a time.</param>
    /// <param name="time">The clock.</param>
    public ConfigWatch(ConfigFile file, Action changed, TimeProvider time)
    {
        _stamp = file.Stamp();
        _timer = time.CreateTimer(_ =>
        {
            var stamp = file.Stamp();
            if (stamp == _stamp) return;
            _stamp = stamp;
            changed();
        }, null, Poll, Poll);
        try
        {
            _watcher = new FileSystemWatcher(Path.GetDirectoryName(file.Path)!, Path.GetFileName(file.Path));
            _watcher.Changed += Happened;
            _watcher.Created += Happened;
            _watcher.Deleted += Happened;
            _watcher.Renamed += Happened;
            _watcher.EnableRaisingEvents = true;
        }
        catch (Exception e) when (e is IOException or ArgumentException or UnauthorizedAccessException)
        {
            // No watches left, or no folder yet: then it is looked at every few seconds.
            _watcher?.Dispose();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _watcher?.Dispose();
        _timer.Dispose();
    }

    private void Happened(object sender, FileSystemEventArgs e) => _timer.Change(Settling, Poll);
}
