using System.Text;

namespace Appliance.FirstBoot.Applying;

/// <summary>The files by which wpa_supplicant and systemd-networkd join a wireless network. Pure.</summary>
internal static class WifiFiles
{
    /// <summary>wpa_supplicant's, read by <c>appliance-wifi@.service</c>.</summary>
    public const string Supplicant = "/etc/wpa_supplicant/appliance.conf";

    /// <summary>networkd's.</summary>
    public const string Network = "/etc/systemd/network/25-appliance-wifi.network";

    /// <summary>An address by DHCP on whichever radio there is; a cable counts more.</summary>
    public const string ClientNetwork = "# Written at first boot.\n[Match]\nType=wlan\n\n[Link]\nRequiredForOnline=no\n\n[Network]\nDHCP=yes\nMulticastDNS=yes\n\n[DHCPv4]\nRouteMetric=600\n\n[IPv6AcceptRA]\nRouteMetric=600\n";

    /// <summary>
    /// wpa_supplicant.conf(5) for a network with a password, by WPA2 or WPA3. The name is written in hexadecimal. The password stands in quotes
    /// and has printable ASCII alone: the string goes to the last quote of its line, so that quotes and # in it mean nothing.
    /// </summary>
    public static string Client(string ssid, string password, string country, bool isHidden)
    {
        var isKey = password.Length == 64;
        return new StringBuilder("# Written at first boot.\nctrl_interface=/run/wpa_supplicant\nupdate_config=0\n")
            .Append("country=").Append(country).Append("\n\nnetwork={\n\tssid=").Append(Hex(ssid)).Append('\n')
            .Append(isHidden ? "\tscan_ssid=1\n" : "")
            .Append(isKey ? "\tkey_mgmt=WPA-PSK WPA-PSK-SHA256\n" : "\tkey_mgmt=WPA-PSK WPA-PSK-SHA256 SAE\n").Append("\tieee80211w=1\n")
            .Append("\tpsk=").Append(isKey ? password : $"\"{password}\"").Append("\n}\n").ToString();
    }

    /// <summary>A network's name as wpa_supplicant reads it whatever is in it.</summary>
    public static string Hex(string ssid) => Convert.ToHexStringLower(Encoding.UTF8.GetBytes(ssid));
}
