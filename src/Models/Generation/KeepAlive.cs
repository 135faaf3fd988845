using System.Buffers;
using System.Globalization;

namespace Models.Generation;

/// <summary>How long a model stays loaded after its last use, as people and Ollama's clients write it.</summary>
public static class KeepAlive
{
    /// <summary>Environment variable that sets it for <c>serve</c>.</summary>
    public const string Variable = "APPLIANCE_KEEP_ALIVE";

    // Longer than a century is for ever.
    private const double MostSeconds = 3_155_760_000;

    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789.");

    private static readonly (string Unit, double Seconds)[] Units = [("ms", 1e-3), ("us", 1e-6), ("µs", 1e-6), ("h", 3600), ("m", 60), ("s", 1)];

    /// <summary>
    /// Reads seconds (<c>300</c>) or a duration as Go writes it (<c>30m</c>, <c>1h30m</c>, <c>500ms</c>). Zero unloads at once; below zero
    /// is for ever, which is <see cref="Timeout.InfiniteTimeSpan"/>. False where it is neither.
    /// </summary>
    public static bool TryParse(string text, out TimeSpan time)
    {
        time = default;
        if (!TryNumber(text, out var seconds) && !TryDuration(text, out seconds)) return false;
        time = FromSeconds(seconds);
        return true;
    }

    /// <summary>A number of seconds, where below zero is for ever.</summary>
    public static TimeSpan FromSeconds(double seconds) => seconds is < 0 or > MostSeconds ? Timeout.InfiniteTimeSpan : TimeSpan.FromSeconds(seconds);

    private static bool TryDuration(string text, out double seconds)
    {
        seconds = 0;
        var isNegative = text.StartsWith('-');
        var rest = text.AsSpan(isNegative ? 1 : 0);
        if (rest.IsEmpty) return false;
        while (!rest.IsEmpty)
        {
            var digits = rest.IndexOfAnyExcept(Digits);
            if (digits <= 0 || !TryNumber(rest[..digits], out var number)) return false;
            rest = rest[digits..];
            // The longer units come first: "m" begins "ms".
            var found = false;
            foreach (var (unit, factor) in Units)
            {
                if (!rest.StartsWith(unit, StringComparison.Ordinal)) continue;
                seconds += number * factor;
                rest = rest[unit.Length..];
                found = true;
                break;
            }
            if (!found) return false;
        }
        if (isNegative) seconds = -seconds;
        return true;
    }

    private static bool TryNumber(ReadOnlySpan<char> text, out double number) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number) && double.IsFinite(number);
}
