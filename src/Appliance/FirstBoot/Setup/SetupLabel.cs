using Appliance.FirstBoot.Applying;
using Models.Store;

namespace Appliance.FirstBoot.Setup;

/// <summary>How people learn of the access point: a picture on the screen, and a label to print on the boot partition.</summary>
internal static class SetupLabel
{
    /// <summary>The label as text.</summary>
    public const string TextName = "setup-wifi.txt";

    /// <summary>The label as a picture.</summary>
    public const string PictureName = "setup-wifi.png";

    // What stands above the login (agetty(8)); gone with the next start.
    private const string Screen = "/run/issue.d/00-appliance-setup.issue";

    /// <summary>What it says.</summary>
    public static string TextOf(AccessPoint point, Uri page) =>
        $"This box is not set up yet. Join its own Wi-Fi with a phone, by this picture or by hand:\n\n{point.QrPicture()}\n\n    network   {point.Ssid}\n    password  {point.Key}\n\nThen a page opens; if not, go to {page}\n" +
        $"Or write {BootPartition.SettingsName} on this card instead (docs/first-boot.md), and start the box again.\n";

    /// <summary>Writes it on the boot partition and on the screen. Where one cannot be written the other will do.</summary>
    /// <param name="boot">The boot partition.</param>
    /// <param name="files">The box.</param>
    /// <param name="point">The access point.</param>
    /// <param name="page">Where the page is.</param>
    /// <param name="note">Hears what could not be written.</param>
    public static void Show(BootPartition boot, BoxFiles files, AccessPoint point, Uri page, Action<string> note)
    {
        var text = TextOf(point, page);
        Try(boot.Folder, () =>
        {
            boot.Write(TextName, text.Replace("\n", "\r\n", StringComparison.Ordinal));
            DurableFile.Replace(Path.Combine(boot.Folder, PictureName), point.QrPng());
        });
        Try(Screen, () => files.Write(Screen, text, BoxFiles.Secret));

        void Try(string where, Action write)
        {
            try { write(); }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or FirstBootException) { note($"the label cannot be written to {where}: {e.Message}"); }
        }
    }

    /// <summary>Takes it away: the network is there no more.</summary>
    public static void Remove(BootPartition boot)
    {
        boot.Remove(TextName);
        boot.Remove(PictureName);
    }
}
