using System.Text;
using Appliance.FirstBoot.Settings;

namespace Appliance.FirstBoot.Applying;

/// <summary>
/// What settings come to on this box: files, written one by one and each as a whole, in a fixed order. Nothing of a value ever reaches a shell,
/// or a program that would take it for more than a value.
/// </summary>
internal static class FirstBootPlan
{
    /// <summary>Where the service's home is.</summary>
    public const string Home = "/var/lib/appliance/.appliance";

    /// <summary>All steps.</summary>
    /// <param name="settings">What was asked for.</param>
    /// <param name="files">The box.</param>
    public static IReadOnlyList<FirstBootStep> Make(FirstBootSettings settings, BoxFiles files)
    {
        var steps = new List<FirstBootStep>();
        if (settings[SettingKey.Hostname] is { } name) steps.Add(new($"the box is called {name}", () => SetHostname(files, name)));
        if (settings[SettingKey.TimeZone] is { } zone) steps.Add(new($"the time zone is {zone}", () => SetTimeZone(files, zone)));
        if (settings[SettingKey.WifiSsid] is { } ssid)
        {
            steps.Add(new($"the Wi-Fi network {ssid} is joined", () =>
            {
                files.Write(WifiFiles.Supplicant, WifiFiles.Client(ssid, settings[SettingKey.WifiPassword]!, settings[SettingKey.WifiCountry]!, settings[SettingKey.WifiHidden] == "yes"), BoxFiles.Secret);
                files.Write(WifiFiles.Network, WifiFiles.ClientNetwork, BoxFiles.Readable);
            }));
        }
        if (settings.All(SettingKey.SshKey) is { Count: > 0 } keys)
        {
            steps.Add(new($"{(keys.Count == 1 ? "one key" : $"{keys.Count} keys")} may log in by SSH as root", () =>
            {
                files.Write("/etc/ssh/sshd_config.d/20-appliance.conf", "# Written at first boot.\nAuthorizedKeysFile /etc/ssh/authorized_keys.d/%u .ssh/authorized_keys\nPasswordAuthentication no\nKbdInteractiveAuthentication no\n", BoxFiles.Readable);
                files.Write("/etc/ssh/authorized_keys.d/root", string.Join('\n', keys) + "\n", BoxFiles.Readable);
            }));
        }
        if (settings[SettingKey.TailscaleKey] is { } tailscale) steps.Add(new("Tailscale is joined once there is a network", () => files.Write(FirstBootState.TailscaleKey, tailscale + "\n", BoxFiles.Secret)));
        if (settings[SettingKey.Model] is { } model) steps.Add(new($"the model {model} is pulled once there is a network", () => files.Write(FirstBootState.Model, model + "\n", BoxFiles.Secret)));
        var home = files.At(Home);
        if (settings[SettingKey.GatewayToken] is { } token) steps.Add(new("the gateway listens on the network, for who has its token", () => ServiceUser.Run(files, () => HomeSettings.SetToken(files, Home, token))));
        if (settings[SettingKey.Mdns] is { } mdns) steps.Add(new($"the gateway is {(mdns == "yes" ? "" : "not ")}found in its network by mDNS", () => ServiceUser.Run(files, () => HomeSettings.SetMdns(home, mdns == "yes"))));
        var (person, language) = (settings[SettingKey.AdminName], settings[SettingKey.Language]);
        if (person is not null || language is not null)
        {
            var what = (person, language) switch { (null, _) => $"answers are in {HomeSettings.NameOf(language!)}", (_, null) => $"its owner is {person}", _ => $"its owner is {person}, and answers are in {HomeSettings.NameOf(language)}" };
            steps.Add(new(what, () => ServiceUser.Run(files, () => HomeSettings.SetPerson(home, person, language))));
        }
        return steps;
    }

    // hostname(5), and hosts(5) as Debian has it, so that the box finds itself without a network.
    private static void SetHostname(BoxFiles files, string name)
    {
        var hosts = new StringBuilder();
        foreach (var line in files.Read("/etc/hosts").Split('\n', StringSplitOptions.RemoveEmptyEntries))
            if (!line.StartsWith("127.0.1.1", StringComparison.Ordinal)) hosts.Append(line).Append('\n');
        if (hosts.Length == 0) hosts.Append("127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n");
        files.Write("/etc/hosts", hosts.Append($"127.0.1.1\t{name}\n").ToString(), BoxFiles.Readable);
        files.Write("/etc/hostname", name + "\n", BoxFiles.Readable);
        if (!files.IsThisMachine) return;
        try
        {
            // The kernel has the name of before; proc(5) takes the new one.
            File.WriteAllText("/proc/sys/kernel/hostname", name);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // In a container, say: the next start has it.
        }
    }

    // localtime(5): a relative link into the system's zones.
    private static void SetTimeZone(BoxFiles files, string zone)
    {
        files.Link("/etc/localtime", $"../usr/share/zoneinfo/{(zone == "UTC" ? "Etc/UTC" : zone)}");
        files.Write("/etc/timezone", (zone == "UTC" ? "Etc/UTC" : zone) + "\n", BoxFiles.Readable);
    }
}
