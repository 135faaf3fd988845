using Models.Egress;

namespace Appliance.Backup.Targets;

/// <summary>Where backups go. A file is there whole under its name, or is not; what broke off goes on where it stopped.</summary>
internal abstract class BackupTarget
{
    /// <summary>True where it is no part of this machine, so that only what is sealed goes there.</summary>
    public abstract bool Leaves { get; }

    /// <summary>Reads where to: a folder, <c>usb:LABEL</c> or <c>sftp://user@host[:port]/folder</c>.</summary>
    /// <param name="text">That.</param>
    /// <param name="egress">Whether anything may leave this machine.</param>
    /// <exception cref="BackupException">It is none of these.</exception>
    public static BackupTarget Parse(string text, EgressPolicy egress) =>
        text.StartsWith("usb:", StringComparison.Ordinal) ? new FolderTarget(MountedDisk.Find(text[4..]), leaves: true)
        : text.StartsWith("sftp:", StringComparison.Ordinal) ? SftpTarget.Parse(text, egress)
        : Path.IsPathRooted(text) ? new FolderTarget(text, leaves: false)
        : throw new BackupException($"'{text}' is no place for backups: a folder from the root on, usb:LABEL, or sftp://user@host/folder.");

    /// <summary>Puts a file there under its own name, and goes on where an earlier try of the same file broke off.</summary>
    /// <exception cref="BackupException">It cannot be put there.</exception>
    public abstract void Store(string file);

    /// <summary>The names of the files that are there, whole ones alone.</summary>
    /// <exception cref="BackupException">It cannot be looked at.</exception>
    public abstract IReadOnlyList<string> List();

    /// <summary>Removes a file.</summary>
    /// <exception cref="BackupException">It cannot be removed.</exception>
    public abstract void Remove(string name);

    /// <summary>Reads a file back and compares it with its manifest, where that can be done without fetching it anew.</summary>
    /// <exception cref="BackupException">It is not whole.</exception>
    public abstract void Verify(string name, string? passphrase);
}
