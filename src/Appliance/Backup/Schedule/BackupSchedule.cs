using System.Diagnostics.CodeAnalysis;
using Appliance.Backup.Targets;
using Appliance.Config;
using Appliance.Config.Secrets;
using Models;
using Runtime.Schedule.Timing;

namespace Appliance.Backup.Schedule;

/// <summary>Makes backups when the configuration says so, as long as it lives. What was missed is made up for at the next start; what failed is tried again after an hour.</summary>
[SuppressMessage("Design", "CA1001", Justification = "A cancellation source without a timer holds nothing, and who runs late must find it alive.")]
internal sealed class BackupSchedule : IAsyncDisposable
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromMinutes(1), TryAgain = TimeSpan.FromHours(1), AtTheEnd = TimeSpan.FromSeconds(5);

    private readonly CancellationTokenSource _end = new();
    private readonly Task _loop;

    private BackupSchedule(Func<CancellationToken, Task> loop) => _loop = Task.Run(() => loop(_end.Token));

    /// <summary>Begins, or null where no backups are to be made.</summary>
    /// <param name="config">What is configured.</param>
    /// <param name="time">The clock.</param>
    /// <param name="tell">Hears what went wrong.</param>
    public static BackupSchedule? Begin(ConfigStore config, TimeProvider time, Action<string> tell) =>
        config.Config.Backup.At is not { } at ? null : new BackupSchedule(cancellation => RunAsync(config, CronExpression.Parse(at), time, tell, cancellation));

    /// <summary>Makes one now, as it is configured, and notes what became of it.</summary>
    /// <exception cref="ModelException">It failed.</exception>
    public static string RunOnce(ConfigStore config, TimeProvider time)
    {
        var (settings, journal, now) = (config.Config.Backup, BackupJournal.Read(config.Home), time.GetUtcNow());
        try
        {
            var to = settings.To ?? throw new BackupException("backup.to is not set: a folder, usb:LABEL, or sftp://user@host/folder.");
            var passphrase = settings.Passphrase is { } secret ? SecretResolver.Resolve(secret, "backup.passphrase", config.Home) : null;
            var name = new BackupRun(config.Home, to, BackupTarget.Parse(to, Outbound.Of(config)), passphrase, settings.Keep, time).Run();
            new BackupJournal { LastAt = now, Last = $"{to.TrimEnd('/')}/{name}", TriedAt = now }.Write(config.Home);
            return $"{to.TrimEnd('/')}/{name}";
        }
        catch (Exception e) when (e is ModelException or IOException or UnauthorizedAccessException)
        {
            (journal with { TriedAt = now, Problem = e.Message }).Write(config.Home);
            if (e is ModelException) throw;
            throw new BackupException(e.Message, e);
        }
    }

    /// <summary>When the next one is due; null for never.</summary>
    internal static DateTimeOffset? Due(BackupJournal journal, CronExpression at, DateTimeOffset began, TimeZoneInfo zone)
    {
        var slot = at.Next(journal.TriedAt ?? began, zone);
        return journal is { Problem: not null, TriedAt: { } tried } && tried + TryAgain < slot ? tried + TryAgain : slot;
    }

    /// <summary>Ends. One that is on its way for long is left behind: what is there of it is used the next time.</summary>
    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await Task.WhenAny(_loop, Task.Delay(AtTheEnd));
    }

    private static async Task RunAsync(ConfigStore config, CronExpression at, TimeProvider time, Action<string> tell, CancellationToken cancellation)
    {
        var began = time.GetUtcNow();
        while (!cancellation.IsCancellationRequested)
        {
            if (Due(BackupJournal.Read(config.Home), at, began, TimeZoneInfo.Local) <= time.GetUtcNow())
            {
                try { RunOnce(config, time); }
                catch (ModelException e) { tell($"the backup failed: {e.Message}"); }
            }
            try { await Task.Delay(LookAgain, time, cancellation); }
            catch (OperationCanceledException) { return; }
        }
    }
}
