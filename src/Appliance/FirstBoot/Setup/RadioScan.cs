using System.Text;

namespace Appliance.FirstBoot.Setup;

/// <summary>The networks that a radio sees, as <c>wpa_cli scan_results</c> prints them. Pure.</summary>
internal static class RadioScan
{
    private const int Most = 40;

    /// <summary>Names of networks that a password opens, the strongest first.</summary>
    public static IReadOnlyList<string> Read(string output)
    {
        var found = new List<(string Ssid, int Signal)>();
        foreach (var line in output.Split('\n'))
        {
            // bssid, frequency, signal, flags, ssid
            if (line.TrimEnd('\r').Split('\t', 5) is [_, _, var signal, var flags, { Length: > 0 } name] && int.TryParse(signal, out var dbm) && flags.Contains("PSK", StringComparison.Ordinal) | flags.Contains("SAE", StringComparison.Ordinal) && Decode(name) is { } ssid)
                found.Add((ssid, dbm));
        }
        return [.. found.OrderByDescending(f => f.Signal).Select(f => f.Ssid).Distinct(StringComparer.Ordinal).Take(Most)];
    }

    // printf_encode of wpa_supplicant: \" \\ \e \n \r \t \xNN. A name that is no text, or could be taken for another, is left to be typed.
    private static string? Decode(string name)
    {
        var bytes = new List<byte>();
        for (var i = 0; i < name.Length; i++)
        {
            if (name[i] != '\\')
            {
                bytes.AddRange(Encoding.UTF8.GetBytes(name[i].ToString()));
                continue;
            }
            if (++i == name.Length) return null;
            switch (name[i])
            {
                case '"' or '\\': bytes.Add((byte)name[i]); break;
                case 'x' when i + 2 < name.Length && byte.TryParse(name.AsSpan(i + 1, 2), System.Globalization.NumberStyles.AllowHexSpecifier, null, out var value):
                    bytes.Add(value);
                    i += 2;
                    break;
                default: return null;
            }
        }
        try
        {
            var text = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString([.. bytes]);
            return text.Any(char.IsControl) || text.Trim().Length == 0 ? null : text;
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }
}
