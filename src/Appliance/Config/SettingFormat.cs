using System.Globalization;
using System.Net;
using Models.Generation;
using Runtime.Schedule;
using Runtime.Schedule.Timing;

namespace Appliance.Config;

/// <summary>Texts that follow a rule, by the name of the rule in the schema.</summary>
internal static class SettingFormat
{
    /// <summary>An IP address of this machine, or <c>loopback</c>.</summary>
    public const string Address = "address";

    /// <summary>Seconds or a duration as <see cref="KeepAlive"/> reads it.</summary>
    public const string Duration = "duration-or-seconds";

    /// <summary>Hours and minutes of a day, as 08:00.</summary>
    public const string TimeOfDay = "time-of-day";

    /// <summary>What a pin is set to: on, off or 0 to 100.</summary>
    public const string PinLevel = "pin-level";

    /// <summary>A time zone of the system.</summary>
    public const string Zone = "time-zone";

    /// <summary>A cron expression.</summary>
    public const string Cron = "cron";

    /// <summary>An http:// or https:// address without a login in it.</summary>
    public const string WebAddress = "web-address";

    /// <summary>What is wrong with a text, or null.</summary>
    public static string? Check(string? format, string text) => format switch
    {
        Address when text is not ("loopback" or "localhost") && !IPAddress.TryParse(text, out _) => "is no IP address of this machine; loopback is 127.0.0.1",
        Duration when !KeepAlive.TryParse(text, out _) => "is neither a number of seconds nor a duration such as 30m or 1h30m",
        PinLevel when !Runtime.Hardware.Board.PinLevel.TryParse(text, out _) => "is neither on nor off nor a number up to 100",
        TimeOfDay when !TimeOnly.TryParseExact(text, "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out _) => "is no time of day such as 08:00",
        WebAddress when !(Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" && uri.UserInfo.Length == 0) => "is no http:// or https:// address without a login in it",
        Cron when !IsCron(text) => "is no cron expression such as 30 3 * * *",
        Zone when !IsZone(text) => "is no time zone of this system; zones have names like Europe/Berlin",
        _ => null,
    };

    private static bool IsCron(string text)
    {
        try { return CronExpression.Parse(text) is not null; }
        catch (ScheduleException) { return false; }
    }

    private static bool IsZone(string text)
    {
        try { return TimeZones.Find(text) is not null; }
        catch (ScheduleException) { return false; }
    }
}
