using System.Globalization;

namespace Runtime.Hardware.Board;

/// <summary>What a pin is at, as people write it: on, off, or a number up to 100. Pure.</summary>
public static class PinLevel
{
    /// <summary>What is off, percent.</summary>
    public const int Off = 0;

    /// <summary>What is on, percent.</summary>
    public const int On = 100;

    /// <summary>Reads on, off, or 0 to 100 with or without a percent sign.</summary>
    public static bool TryParse(string text, out int percent)
    {
        percent = text.Trim().ToLowerInvariant() switch { "on" or "true" or "high" => On, "off" or "false" or "low" => Off, _ => -1 };
        return percent >= 0 || (int.TryParse(text.Trim().TrimEnd('%', ' '), NumberStyles.None, CultureInfo.InvariantCulture, out percent) && percent is >= Off and <= On);
    }

    /// <summary>The same in words.</summary>
    public static string Text(int percent, bool isDimmed) => percent == Off ? "off" : percent == On && !isDimmed ? "on" : $"{percent} %";
}
