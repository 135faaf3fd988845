using System.Diagnostics;
using Appliance.FirstBoot.Applying;

namespace Appliance.FirstBoot.Setup;

/// <summary>The radio while the box is set up: wpa_supplicant as a child, which looks for networks and then opens our own. Closing it ends that.</summary>
internal sealed class SetupRadio : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);
    private readonly Process _supplicant;
    private readonly string _device;

    private SetupRadio(Process supplicant, string device) => (_supplicant, _device) = (supplicant, device);

    /// <summary>Networks that it saw.</summary>
    public IReadOnlyList<string> Networks { get; private set; } = [];

    /// <summary>The device of the first radio there is, or null.</summary>
    public static string? Find() => Directory.Exists("/sys/class/net")
        ? Directory.EnumerateDirectories("/sys/class/net").Where(device => Path.Exists(Path.Combine(device, "phy80211"))).Select(device => Path.GetFileName(device)).Order(StringComparer.Ordinal).FirstOrDefault() : null;

    /// <summary>Looks for networks, then opens the access point and has addresses given in it.</summary>
    /// <exception cref="FirstBootException">A program is missing, or the radio cannot be an access point.</exception>
    public static async Task<SetupRadio> OpenAsync(string device, AccessPoint point, BoxFiles files, CancellationToken cancellation)
    {
        Unblock();
        files.Write(AccessPointFiles.Supplicant, AccessPointFiles.SupplicantOf(point), BoxFiles.Secret);
        var supplicant = SystemProgram.Start(["wpa_supplicant", "-i", device, "-c", AccessPointFiles.Supplicant, "-D", "nl80211"]);
        // What it says is not kept, and must not hold it up.
        supplicant.OutputDataReceived += (_, _) => { };
        supplicant.ErrorDataReceived += (_, _) => { };
        supplicant.BeginOutputReadLine();
        supplicant.BeginErrorReadLine();
        var radio = new SetupRadio(supplicant, device);
        try
        {
            radio.Networks = await radio.LookAroundAsync(cancellation);
            files.Write(AccessPointFiles.Network, AccessPointFiles.NetworkOf(device), BoxFiles.Readable);
            await SystemProgram.RunAsync(Patience, ["networkctl", "reload"], cancellation);
            if (!(await radio.AskAsync(cancellation, "enable_network", "0")).StartsWith("OK", StringComparison.Ordinal)) throw new FirstBootException($"{device} cannot be an access point.");
            return radio;
        }
        catch
        {
            radio.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_supplicant.HasExited) _supplicant.Kill();
        _supplicant.Dispose();
    }

    // A radio that cannot look around can still be an access point: names are typed then.
    private async Task<IReadOnlyList<string>> LookAroundAsync(CancellationToken cancellation)
    {
        IReadOnlyList<string> networks = [];
        for (var tries = 0; tries < 8 && networks.Count == 0; tries++)
        {
            if (_supplicant.HasExited) throw new FirstBootException($"wpa_supplicant ended at once (code {_supplicant.ExitCode}). `wpa_supplicant -i {_device} -c {AccessPointFiles.Supplicant}` says why.");
            try
            {
                await AskAsync(cancellation, "scan");
                await Task.Delay(TimeSpan.FromSeconds(2), cancellation);
                networks = RadioScan.Read(await AskAsync(cancellation, "scan_results"));
            }
            catch (FirstBootException)
            {
                // Its control socket may not be there yet.
                await Task.Delay(TimeSpan.FromSeconds(1), cancellation);
            }
        }
        return networks;
    }

    private Task<string> AskAsync(CancellationToken cancellation, params string[] command) => SystemProgram.RunAsync(Patience, ["wpa_cli", "-p", AccessPointFiles.Folder + "/control", "-i", _device, .. command], cancellation);

    // rfkill(8) without the program, for radios that software has switched off: linux/rfkill.h's event with the operation "change all" (3), of the type WLAN (1).
    private static void Unblock()
    {
        if (!File.Exists("/dev/rfkill")) return;
        try
        {
            using var radios = new FileStream("/dev/rfkill", FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
            radios.Write([0, 0, 0, 0, 1, 3, 0, 0]);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Whoever may not switch it on hears of it from wpa_supplicant.
        }
    }
}
