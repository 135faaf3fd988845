using System.Net;
using Appliance.FirstBoot.Applying;

namespace Appliance.FirstBoot.Setup;

/// <summary>The files by which wpa_supplicant opens the box's own network, and systemd-networkd gives addresses in it. Pure.</summary>
internal static class AccessPointFiles
{
    /// <summary>Where they lie: gone with the next start.</summary>
    public const string Folder = "/run/appliance-setup";

    /// <summary>wpa_supplicant's.</summary>
    public const string Supplicant = Folder + "/wpa_supplicant.conf";

    /// <summary>networkd's; it counts more than the image's own for the same device.</summary>
    public const string Network = "/run/systemd/network/05-appliance-setup.network";

    /// <summary>The box's address in its network; nobody else's at home, most likely.</summary>
    public static IPAddress Address { get; } = new([10, 86, 74, 1]);

    /// <summary>
    /// wpa_supplicant.conf(5): an access point on a channel that every country allows. It is off at first, so that the radio can look for
    /// networks before.
    /// </summary>
    public static string SupplicantOf(AccessPoint point) =>
        $"ctrl_interface={Folder}/control\nupdate_config=0\nap_scan=1\n\nnetwork={{\n\tssid={WifiFiles.Hex(point.Ssid)}\n\tmode=2\n\tfrequency=2437\n\tkey_mgmt=WPA-PSK\n\tproto=RSN\n\tpairwise=CCMP\n\tgroup=CCMP\n\tpsk=\"{point.Key}\"\n\tdisabled=1\n}}\n";

    /// <summary>systemd.network(5): addresses for 32 devices, no way to anywhere else.</summary>
    /// <param name="device">The radio's device.</param>
    public static string NetworkOf(string device) =>
        $"[Match]\nName={device}\n\n[Link]\nRequiredForOnline=no\n\n[Network]\nAddress={Address}/24\nDHCPServer=yes\nConfigureWithoutCarrier=yes\nLinkLocalAddressing=no\nIPv6AcceptRA=no\nIPForward=no\n\n" +
        $"[DHCPServer]\nPoolOffset=10\nPoolSize=32\nDefaultLeaseTimeSec=600\nEmitDNS=yes\nDNS={Address}\nEmitNTP=no\nEmitTimezone=no\n";
}
