using System.Runtime.InteropServices;
using Appliance.Hosting;
using Models.Store;

namespace Appliance.Backup;

/// <summary>Puts a backup in a home folder's place: the whole of it at once, after every byte has been checked.</summary>
internal static partial class BackupRestore
{
    // linux/fs.h
    private const uint Exchange = 2;
    private const int CurrentFolder = -100;

    private static readonly string[] Stays = ["models", "cache"];

    /// <summary>Restores. The server must not be running on that home.</summary>
    /// <param name="file">The backup.</param>
    /// <param name="passphrase">Its passphrase, or null.</param>
    /// <param name="home">The home folder; models and caches in it stay.</param>
    /// <param name="force">Puts aside what is there.</param>
    /// <param name="time">Names what is put aside.</param>
    /// <returns>What was restored, and where what was there before is now, or null.</returns>
    /// <exception cref="BackupException">The backup is not whole, something is there, or it cannot be written; the home is as it was.</exception>
    public static (BackupManifest Manifest, string? Aside) Restore(string file, string? passphrase, string home, bool force, TimeProvider time)
    {
        home = Path.TrimEndingDirectorySeparator(Path.GetFullPath(home));
        var isThere = Directory.Exists(home);
        var hasState = isThere && Directory.EnumerateFileSystemEntries(home).Any(entry => !Stays.Contains(Path.GetFileName(entry)));
        if (hasState && !force) throw new BackupException($"{home} is in use. Stop the server and say --force: what is there is put aside, not lost.");
        if (isThere && !LocalSocket.IsFree(home)) throw new BackupException($"A gateway runs on {home}. Stop it first: `appliance gateway stop`.");
        var next = $"{home}.restore-{Guid.NewGuid():N}";
        try
        {
            HomeFolder.EnsureFolder(next);
            var manifest = BackupArchive.Extract(file, passphrase, next);
            if (!isThere)
            {
                Directory.Move(next, home);
                Disk.SyncFolder(Path.GetDirectoryName(home)!);
                return (manifest, null);
            }
            var aside = $"{home}.before-{time.GetUtcNow():yyyyMMdd-HHmmss}";
            Swap(next, home, aside);
            foreach (var name in Stays.Where(name => Directory.Exists(Path.Combine(aside, name)))) Directory.Move(Path.Combine(aside, name), Path.Combine(home, name));
            Disk.SyncFolder(Path.GetDirectoryName(home)!);
            if (Directory.EnumerateFileSystemEntries(aside).Any()) return (manifest, aside);
            Directory.Delete(aside);
            return (manifest, null);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BackupException($"Cannot put {file} in the place of {home}: {e.Message} A home that is a mount of its own cannot be replaced: set APPLIANCE_HOME to a folder in it.", e);
        }
        finally
        {
            if (Directory.Exists(next)) Directory.Delete(next, recursive: true);
        }
    }

    // In one step where the kernel can: there is a whole home at every moment.
    private static void Swap(string next, string home, string aside)
    {
        if (OperatingSystem.IsLinux() && Rename(CurrentFolder, next, CurrentFolder, home, Exchange) == 0)
        {
            Directory.Move(next, aside);
            return;
        }
        Directory.Move(home, aside);
        try { Directory.Move(next, home); }
        catch
        {
            Directory.Move(aside, home);
            throw;
        }
    }

    [LibraryImport("libc", EntryPoint = "renameat2", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Rename(int oldFolder, string oldPath, int newFolder, string newPath, uint flags);
}
