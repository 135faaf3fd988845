using System.Globalization;

namespace Appliance.Commands;

/// <summary>Times as a person reads them.</summary>
internal static class When
{
    /// <summary>How long something takes or took: <c>3 d 4 h</c>.</summary>
    public static string Lasts(TimeSpan time) => time switch
    {
        { TotalDays: >= 1 } => string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalDays} d {time.Hours} h"),
        { TotalHours: >= 1 } => string.Create(CultureInfo.InvariantCulture, $"{time.Hours} h {time.Minutes} min"),
        { TotalMinutes: >= 1 } => string.Create(CultureInfo.InvariantCulture, $"{time.Minutes} min {time.Seconds} s"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{Math.Max(0, time.TotalSeconds):0} s"),
    };

    /// <summary>How long ago something was, of Unix milliseconds; a dash where it never was.</summary>
    public static string Ago(long? unixMs) =>
        unixMs is { } ms and > 0 ? $"{Lasts(DateTimeOffset.UtcNow - DateTimeOffset.FromUnixTimeMilliseconds(ms))} ago" : "-";

    /// <summary>A moment, to the minute, where this program runs.</summary>
    public static string At(long? unixMs) =>
        unixMs is { } ms and > 0 ? DateTimeOffset.FromUnixTimeMilliseconds(ms).ToLocalTime().ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture) : "-";
}
