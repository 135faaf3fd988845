using Appliance.Config.Secrets;

namespace Appliance.Config.Sections;

/// <summary>Section <c>backup</c>: backups that are made by themselves. Immutable.</summary>
internal sealed record BackupConfig(
    [property: Setting("When, a cron expression such as 30 3 * * *, by this machine's clock; without it none is made. One that was missed is made up for.", Format = SettingFormat.Cron)]
    string? At = null,
    [property: Setting("Where to: a folder, usb:LABEL (a disk of that label that is mounted), or sftp://user@host/folder, whose host ssh knows and lets in without a password.")]
    string? To = null,
    [property: Setting("So many backups of this machine stay there; older ones are removed.", Hot = true, Least = 1)]
    int Keep = 7)
{
    /// <summary>What seals them, or null.</summary>
    [Setting("Passphrase that seals the backups. What leaves this machine (usb:, sftp:) is not made without.")]
    public SecretReference? Passphrase { get; init; }
}
