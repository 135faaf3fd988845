using System.Net;
using Models.Generation;

namespace Appliance.Config;

/// <summary>Texts that follow a rule, by the name of the rule in the schema.</summary>
internal static class SettingFormat
{
    /// <summary>An IP address of this machine, or <c>loopback</c>.</summary>
    public const string Address = "address";

    /// <summary>Seconds or a duration as <see cref="KeepAlive"/> reads it.</summary>
    public const string Duration = "duration-or-seconds";

    /// <summary>What is wrong with a text, or null.</summary>
    public static string? Check(string? format, string text) => format switch
    {
        Address when text is not ("loopback" or "localhost") && !IPAddress.TryParse(text, out _) => "is no IP address of this machine; loopback is 127.0.0.1",
        Duration when !KeepAlive.TryParse(text, out _) => "is neither a number of seconds nor a duration such as 30m or 1h30m",
        _ => null,
    };
}
