using System.Globalization;
using System.Text.RegularExpressions;
using Appliance.Backup.Targets;
using Models.Store;

namespace Appliance.Backup.Schedule;

/// <summary>Makes a backup, brings it where it belongs, reads it back, and removes those that are too many.</summary>
/// <param name="home">The home folder.</param>
/// <param name="to">Where they go, for people.</param>
/// <param name="target">The same.</param>
/// <param name="passphrase">Seals them; null does not.</param>
/// <param name="keep">So many stay.</param>
/// <param name="time">The clock.</param>
internal sealed partial class BackupRun(string home, string to, BackupTarget target, string? passphrase, int keep, TimeProvider time)
{
    // What was made longer ago and never arrived is worth less than a new one.
    private static readonly TimeSpan StillGood = TimeSpan.FromHours(20);

    private static readonly string Machine = NotPlain().Replace(Environment.MachineName.ToLowerInvariant(), "-");

    /// <summary>Does it. What broke off before goes on: the same file, from where it stopped.</summary>
    /// <returns>The backup's name there.</returns>
    /// <exception cref="BackupException">It failed; what is there of it is used the next time.</exception>
    public string Run()
    {
        if (passphrase is null && target.Leaves) throw new BackupException($"What goes to {to} leaves this machine and is sealed: set backup.passphrase to where a passphrase is.");
        var staging = HomeFolder.EnsureFolder(Path.Combine(home, "cache", "backup"));
        var file = Waiting(staging) ?? Make(staging);
        var name = Path.GetFileName(file);
        target.Store(file);
        target.Verify(name, passphrase);
        File.Delete(file);
        // Names of this machine alone, by their time: those of other machines, and other files, are none of ours.
        foreach (var old in target.List().Where(IsOurs).Order(StringComparer.Ordinal).SkipLast(keep)) target.Remove(old);
        return name;
    }

    private string Make(string staging)
    {
        var file = Path.Combine(staging, string.Create(CultureInfo.InvariantCulture, $"appliance-{Machine}-{time.GetUtcNow():yyyyMMdd-HHmmss}.{(passphrase is null ? "tar.gz" : "sealed")}"));
        BackupArchive.Create(home, file, passphrase, time);
        return file;
    }

    // One that was made and did not arrive, sealed as it is to be now; all else there is thrown away.
    private string? Waiting(string staging)
    {
        string? waiting = null;
        foreach (var file in Directory.EnumerateFiles(staging).Order(StringComparer.Ordinal).Reverse())
        {
            var isGood = waiting is null && IsOurs(Path.GetFileName(file)) && time.GetUtcNow() - File.GetLastWriteTimeUtc(file) < StillGood && BackupArchive.IsSealed(file) == passphrase is not null;
            if (isGood) waiting = file;
            else File.Delete(file);
        }
        return waiting;
    }

    private static bool IsOurs(string name) => Name().Match(name) is { Success: true } match && match.Groups["machine"].Value == Machine;

    [GeneratedRegex(@"\Aappliance-(?<machine>[a-z0-9-]+)-[0-9]{8}-[0-9]{6}\.(sealed|tar\.gz)\z", RegexOptions.CultureInvariant)]
    private static partial Regex Name();

    [GeneratedRegex("[^a-z0-9-]", RegexOptions.CultureInvariant)]
    private static partial Regex NotPlain();
}
