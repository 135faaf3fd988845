using System.Text;
using Appliance.FirstBoot.Settings;
using Models.Store;

namespace Appliance.FirstBoot;

/// <summary>The partition that every system can write: <c>appliance.txt</c> on it, and what the box answers beside it.</summary>
/// <param name="folder">Where it is mounted.</param>
internal sealed class BootPartition(string folder)
{
    /// <summary>Where it is mounted on a box.</summary>
    public const string Place = "/boot/firmware";

    /// <summary>The settings.</summary>
    public const string SettingsName = "appliance.txt";

    /// <summary>What is wrong with them.</summary>
    public const string ErrorsName = "appliance-errors.txt";

    /// <summary>Where it is mounted.</summary>
    public string Folder => folder;

    /// <summary>Reads the settings; null where there are none. Whatever lies there, it is not followed and not waited for.</summary>
    /// <param name="zones">The folder with the system's time zones.</param>
    public (SettingsFile? File, SettingFault? Fault) Read(string zones)
    {
        try
        {
            if (!Directory.Exists(folder)) return (null, null);
            var names = Directory.EnumerateFileSystemEntries(folder).Select(path => Path.GetFileName(path)).ToList();
            if (Find(names, SettingsName) is not { } name)
            {
                return Find(names, SettingsName + ".txt") is { } twice
                    ? (null, new(0, null, $"the file is called {twice}; call it {SettingsName} (Windows may hide the second .txt)")) : (null, null);
            }
            var info = new FileInfo(Path.Combine(folder, name));
            if (info.LinkTarget is not null || info.Attributes.HasFlag(FileAttributes.Directory)) return (null, new(0, null, $"{SettingsName} is no plain file"));
            // Pipes and devices have no length, and are not opened.
            if (info.Length is 0 or > SettingsText.Largest) return (null, SettingsText.Decode(new byte[Math.Min(info.Length, SettingsText.Largest + 1)]).Fault);
            return (SettingsFile.Read(File.ReadAllBytes(info.FullName), zones), null);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return (null, new(0, null, $"{SettingsName} cannot be read: {e.Message}") { IsDenied = e is UnauthorizedAccessException });
        }
    }

    /// <summary>Writes what is wrong where the person who wrote the settings finds it.</summary>
    /// <exception cref="FirstBootException">The partition cannot be written.</exception>
    public void WriteErrors(IReadOnlyList<SettingFault> faults) => Write(ErrorsName, new StringBuilder()
        .Append($"{SettingsName} was not applied, and nothing was changed: {(faults.Count == 1 ? "one thing is" : $"{faults.Count} things are")} wrong with it.\n\n")
        .AppendJoin("\n\n", faults).Append($"\n\nCorrect {SettingsName} and start the box again; this file goes away then.\n").ToString().Replace("\n", "\r\n", StringComparison.Ordinal));

    /// <summary>Makes sure that secrets can be erased, before they are used.</summary>
    /// <exception cref="FirstBootException">The partition cannot be written.</exception>
    public void RequireWritable()
    {
        Write(SettingsName + ".probe", "");
        Remove(SettingsName + ".probe");
    }

    /// <summary>
    /// Puts the receipt in the place of the settings, and overwrites what stood there as far as the disk lets: FAT gives a file's clusters away
    /// without emptying them, and flash keeps copies of its own that nobody reaches.
    /// </summary>
    /// <exception cref="FirstBootException">The partition cannot be written.</exception>
    public void Erase(FirstBootSettings settings)
    {
        var name = Directory.Exists(folder) ? Find(Directory.EnumerateFiles(folder).Select(path => Path.GetFileName(path)), SettingsName) ?? SettingsName : SettingsName;
        var path = Path.Combine(folder, name);
        // Held open, the old file outlives the new one's taking its name: there is always one of the two.
        using var old = File.Exists(path) && new FileInfo(path).LinkTarget is null ? new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0) : null;
        Write(name, settings.ToReceipt());
        if (old is not null)
        {
            old.Write(new byte[old.Length]);
            old.Flush(flushToDisk: true);
        }
        Remove(ErrorsName);
    }

    /// <summary>Writes a file.</summary>
    /// <exception cref="FirstBootException">The partition cannot be written.</exception>
    public void Write(string name, string content) => Do(() => DurableFile.Replace(Path.Combine(folder, name), Encoding.UTF8.GetBytes(content)));

    /// <summary>Removes a file where there is one.</summary>
    /// <exception cref="FirstBootException">The partition cannot be written.</exception>
    public void Remove(string name) => Do(() =>
    {
        if (!File.Exists(Path.Combine(folder, name))) return;
        File.Delete(Path.Combine(folder, name));
        Disk.SyncFolder(folder);
    });

    // FAT does not tell capitals from small letters; other disks do.
    private static string? Find(IEnumerable<string> names, string wanted) => names.FirstOrDefault(name => name.Equals(wanted, StringComparison.OrdinalIgnoreCase));

    private void Do(Action action)
    {
        try { action(); }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new FirstBootException($"{folder} cannot be written: {e.Message} Secrets on it could not be erased, so they are not used. Mount it to be written, or put in another card.", e);
        }
    }
}
