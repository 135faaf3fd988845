namespace Appliance.Backup.Targets;

/// <summary>Finds where a disk of a label is mounted. It is not mounted from here: that needs rights the service does not have.</summary>
internal static class MountedDisk
{
    private const string Labels = "/dev/disk/by-label";

    /// <summary>Its folder, by the label that the disk has, or by the name of the folder it is mounted on (as desktops do: /media/ann/LABEL).</summary>
    /// <exception cref="BackupException">None of that label is mounted.</exception>
    public static string Find(string label) => Find(label, File.ReadLines("/proc/self/mounts"), Directory.Exists(Labels) ? Device(label) : null);

    /// <summary>The same, of given mounts (fstab(5): device, folder, kind, options) and the device that has the label.</summary>
    internal static string Find(string label, IEnumerable<string> mounts, string? device)
    {
        if (label.Length is 0 or > 64 || label.Any(c => char.IsControl(c) || c == '/')) throw new BackupException($"'{label}' is no label of a disk.");
        // The last mount on a folder is the one that is seen; kernels' own file systems have no disk.
        var disks = mounts.Select(line => line.Split(' ')).Where(fields => fields.Length > 2 && fields[0].StartsWith("/dev/", StringComparison.Ordinal)).ToList();
        var found = disks.FindLast(fields => device is not null && Plain(fields[0]) == device) ?? disks.FindLast(fields => Path.GetFileName(Plain(fields[1])) == label);
        return found is not null ? Plain(found[1])
            : throw new BackupException($"No disk with the label {label} is mounted. Plug it in and mount it; a line in /etc/fstab does that by itself: LABEL={label} /media/{label} auto nofail,x-systemd.automount 0 2");
    }

    private static string? Device(string label)
    {
        // udev(7) writes what is not plain as \xNN.
        var name = string.Concat(label.Select(c => char.IsAsciiLetterOrDigit(c) || "#+-.:=@_".Contains(c, StringComparison.Ordinal) || c > 127 ? c.ToString() : $"\\x{(int)c:x2}"));
        return new FileInfo(Path.Combine(Labels, name)) is { Exists: true } link ? link.ResolveLinkTarget(returnFinalTarget: true)?.FullName : null;
    }

    private static string Plain(string field) =>
        field.Replace("\\040", " ", StringComparison.Ordinal).Replace("\\011", "\t", StringComparison.Ordinal).Replace("\\012", "\n", StringComparison.Ordinal).Replace("\\134", "\\", StringComparison.Ordinal);
}
