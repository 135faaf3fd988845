using Appliance.FirstBoot.Applying;
using Appliance.FirstBoot.Settings;
using Models.Store;

namespace Appliance.FirstBoot;

/// <summary>
/// What first boot remembers, in a folder of root's own on the data partition: settings that were taken and are not all applied yet, those
/// that were, and what waits for a network. Everything is a plain file, replaced as a whole.
/// </summary>
/// <param name="files">The box.</param>
internal sealed class FirstBootState(BoxFiles files)
{
    /// <summary>The folder.</summary>
    public const string Folder = "/var/lib/appliance-first-boot";

    /// <summary>Settings that were taken: from here on they are applied to the end, whatever becomes of the boot partition.</summary>
    public const string Pending = Folder + "/pending.txt";

    /// <summary>Settings that were applied, without secrets; there once the box is set up.</summary>
    public const string Done = Folder + "/done.txt";

    /// <summary>A key of Tailscale that waits for a network.</summary>
    public const string TailscaleKey = Folder + "/tailscale.key";

    /// <summary>A model that waits for a network.</summary>
    public const string Model = Folder + "/model";

    /// <summary>True once settings were applied.</summary>
    public bool IsSetUp => File.Exists(files.At(Done));

    /// <summary>True where settings were taken and are not all applied yet.</summary>
    public bool IsBegun => File.Exists(files.At(Pending));

    /// <summary>What waits for a network, as a person reads it.</summary>
    public IEnumerable<string> Waiting =>
        new[] { (TailscaleKey, "joining the tailnet"), (Model, "pulling a model") }.Where(waiting => File.Exists(files.At(waiting.Item1))).Select(waiting => waiting.Item2);

    /// <summary>Nobody else works on it until this is disposed; null where somebody does.</summary>
    public FileStream? TryLock()
    {
        var folder = files.At(Folder);
        Directory.CreateDirectory(Path.GetDirectoryName(folder)!);
        return Disk.TryLock(Path.Combine(HomeFolder.EnsureFolder(folder), "lock"));
    }

    /// <summary>Settings that were taken and are not all applied yet, or null.</summary>
    /// <exception cref="FirstBootException">The file is damaged, which no kill does: it is replaced as a whole.</exception>
    public FirstBootSettings? ReadPending(string zones)
    {
        if (!IsBegun) return null;
        var file = SettingsFile.Read(File.ReadAllBytes(files.At(Pending)), zones);
        return file.Settings ?? throw new FirstBootException($"{files.At(Pending)} cannot be used: {string.Join("; ", file.Faults)}. Remove it, and put appliance.txt on the boot partition once more.");
    }

    /// <summary>Takes settings, for good.</summary>
    public void Take(FirstBootSettings settings) => files.Write(Pending, settings.ToText(), BoxFiles.Secret);

    /// <summary>All is applied.</summary>
    public void Finish(FirstBootSettings settings)
    {
        files.Write(Done, settings.ToReceipt(), BoxFiles.Secret);
        File.Delete(files.At(Pending));
        Disk.SyncFolder(files.At(Folder));
    }
}
