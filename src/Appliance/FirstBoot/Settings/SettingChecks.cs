using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Appliance.Gateway.Identity;
using Models;

namespace Appliance.FirstBoot.Settings;

/// <summary>
/// What each setting may be. They let through what is known to be right, not all that is not known to be wrong: values end up in files that
/// root's programs read. Pure, but for the look at the time zones.
/// </summary>
internal static class SettingChecks
{
    private const int LongestModel = 200, LongestSecret = 256, LongestName = 64;
    private static readonly string[] KeyTypes = ["ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521", "ssh-rsa", "sk-ssh-ed25519@openssh.com", "sk-ecdsa-sha2-nistp256@openssh.com"];

    /// <summary>A network's name: 1 to 32 bytes (IEEE 802.11, 9.4.2.2).</summary>
    public static SettingCheck Ssid(string value) =>
        Encoding.UTF8.GetByteCount(value) is var bytes and > 32 ? SettingCheck.Wrong($"a network's name has 32 bytes at most, and this one {bytes}") : SettingCheck.Ok(value);

    /// <summary>WPA's password: 8 to 63 characters of ASCII, or the key itself, 64 hexadecimal digits (IEEE 802.11, J.4).</summary>
    public static SettingCheck WifiPassword(string value)
    {
        if (value.Length == 64 && value.All(char.IsAsciiHexDigit)) return SettingCheck.Ok(value.ToLowerInvariant());
        if (value.Any(c => c is < ' ' or > '~')) return SettingCheck.Wrong("a Wi-Fi password has letters without accents, digits and signs alone");
        return value.Length is >= 8 and <= 63 ? SettingCheck.Ok(value) : SettingCheck.Wrong($"a Wi-Fi password has 8 to 63 characters, and this one {value.Length}");
    }

    /// <summary>Two letters (ISO 3166-1).</summary>
    public static SettingCheck Country(string value) =>
        value.Length == 2 && value.All(char.IsAsciiLetter) ? SettingCheck.Ok(value.ToUpperInvariant()) : SettingCheck.Wrong("a country is written as its two letters, such as DE, US or CN");

    /// <summary>Yes or no, in a few ways.</summary>
    public static SettingCheck YesOrNo(string value) => value.ToLowerInvariant() switch
    {
        "yes" or "true" or "on" or "1" or "ja" => SettingCheck.Ok("yes"),
        "no" or "false" or "off" or "0" or "nein" => SettingCheck.Ok("no"),
        _ => SettingCheck.Wrong("it is yes or no"),
    };

    /// <summary>A line of a .pub file: the kind of key, the key, a comment (sshd(8), AUTHORIZED_KEYS FILE FORMAT). Options in front are not taken.</summary>
    public static SettingCheck SshKey(string value)
    {
        var parts = value.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length > 0 && parts[0].StartsWith("-----", StringComparison.Ordinal)) return SettingCheck.Wrong("this is a private key, which nobody else may have; the public one is in the file whose name ends with .pub");
        if (parts.Length < 2 || !KeyTypes.Contains(parts[0])) return SettingCheck.Wrong("it is no public key of SSH: the one line of a file whose name ends with .pub");
        var key = new byte[parts[1].Length];
        if (!Convert.TryFromBase64String(parts[1], key, out var length) || !Names(key.AsSpan(0, length), parts[0])) return SettingCheck.Wrong("the key is damaged: copy the whole line of the .pub file once more");
        var comment = string.Join(' ', parts[2..]);
        return comment.Length > 128 ? SettingCheck.Wrong("the comment behind the key has more than 128 characters") : SettingCheck.Ok(string.Join(' ', parts));
    }

    /// <summary>A key that Tailscale made: <c>tskey-…</c>.</summary>
    public static SettingCheck TailscaleKey(string value) =>
        value.StartsWith("tskey-", StringComparison.Ordinal) && value.Length is > 12 and <= LongestSecret && value.All(c => char.IsAsciiLetterOrDigit(c) || c == '-')
            ? SettingCheck.Ok(value) : SettingCheck.Wrong("a key of Tailscale begins with tskey- and has letters, digits and - alone");

    /// <summary>A name of the tz database that this system has.</summary>
    public static SettingCheck TimeZone(string value, string zones)
    {
        if (value.Equals("UTC", StringComparison.OrdinalIgnoreCase)) return SettingCheck.Ok("UTC");
        // Each part begins with a letter, so that none is .. or a name of its own kind.
        if (value.Length > 64 || value.Split('/').Any(part => part.Length == 0 || !char.IsAsciiLetterUpper(part[0]) || part.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('_' or '-' or '+'))))
            return SettingCheck.Wrong("a time zone is written as Area/City");
        if (!Directory.Exists(zones)) return SettingCheck.Wrong("this system has no time zones but UTC (its package tzdata is not installed)");
        return File.Exists(Path.Combine(zones, value)) ? SettingCheck.Ok(value) : SettingCheck.Wrong("this system knows no such time zone");
    }

    /// <summary>One that reflexes are spoken in.</summary>
    public static SettingCheck Language(string value) => value.ToLowerInvariant().Split('_', '-', '.')[0] switch
    {
        "en" or "english" => SettingCheck.Ok("en"),
        "de" or "german" or "deutsch" => SettingCheck.Ok("de"),
        "zh" or "chinese" or "中文" => SettingCheck.Ok("zh"),
        _ => SettingCheck.Wrong("it is English, German or Chinese"),
    };

    /// <summary>One label of a host name (RFC 1123, section 2.1).</summary>
    public static SettingCheck Hostname(string value)
    {
        var name = value.ToLowerInvariant();
        return name.Length <= 63 && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '-') && name[0] != '-' && name[^1] != '-' && !name.All(char.IsAsciiDigit) && name != "localhost"
            ? SettingCheck.Ok(name) : SettingCheck.Wrong("a name has letters, digits and - alone, up to 63, and no - at its ends");
    }

    /// <summary>What <c>models pull</c> takes from elsewhere. No path: that would be a file of root's.</summary>
    public static SettingCheck Model(string value)
    {
        var isPlain = value.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_');
        var isFrom = value.StartsWith("hf:", StringComparison.Ordinal) || value.StartsWith("ollama:", StringComparison.Ordinal) || value.StartsWith("https://", StringComparison.Ordinal);
        return value.Length <= LongestModel && char.IsAsciiLetterOrDigit(value[0]) && (isPlain || isFrom) && value.All(c => char.IsAsciiLetterOrDigit(c) || ".-_:/@#=%+".Contains(c, StringComparison.Ordinal)) && !value.Contains("..", StringComparison.Ordinal)
            ? SettingCheck.Ok(value) : SettingCheck.Wrong("a model is a name that `appliance models recommend` lists, hf:OWNER/REPO, ollama:NAME or https://ADDRESS");
    }

    /// <summary>What somebody is called: letters of any script, blanks, and the signs that names have.</summary>
    public static SettingCheck PersonName(string value) =>
        value.Length <= LongestName && char.IsLetter(value, 0) && value.EnumerateRunes().All(r => Rune.IsLetterOrDigit(r) || r.Value is ' ' or '-' or '.' or '\'' or '’' || Rune.GetUnicodeCategory(r) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark)
            ? SettingCheck.Ok(value) : SettingCheck.Wrong($"a name begins with a letter, has letters, digits, blanks, - . and ' alone, and {LongestName} characters at most");

    /// <summary>As the gateway asks for it.</summary>
    public static SettingCheck GatewayToken(string value)
    {
        if (value.Length > LongestSecret || value.Any(c => c is <= ' ' or > '~')) return SettingCheck.Wrong($"a token has letters without accents, digits and signs, no blanks, and {LongestSecret} characters at most");
        try { SharedToken.RequireStrong(value); }
        catch (ModelException) { return SettingCheck.Wrong($"it could be guessed: a token has {Secret.Shortest} characters or more, of which {Secret.FewestKinds} are different"); }
        return SettingCheck.Ok(value);
    }

    // The key says its own kind once more inside (RFC 4253, section 6.6), and has at least 32 bytes behind that.
    private static bool Names(ReadOnlySpan<byte> key, string type) =>
        key.Length > 4 && BinaryPrimitives.ReadUInt32BigEndian(key) == (uint)type.Length && key.Length >= 4 + type.Length + 32 && key.Slice(4, type.Length).SequenceEqual(Encoding.ASCII.GetBytes(type));
}
