using System.Globalization;
using System.Numerics;

namespace Runtime.Schedule.Timing;

/// <summary>One field of a cron expression: a set of whole numbers from 0 to 63. Immutable.</summary>
/// <param name="Bits">A bit a number.</param>
/// <param name="IsAny">True for <c>*</c> and <c>?</c> alone.</param>
/// <param name="HasStar">True where a star is in it: it follows the hours that pass, not the clock's face.</param>
internal sealed record CronField(ulong Bits, bool IsAny, bool HasStar)
{
    /// <summary>Reads a list of numbers, names, ranges and steps.</summary>
    /// <param name="text">The field.</param>
    /// <param name="what">What it is of, for the error.</param>
    /// <param name="least">Smallest number.</param>
    /// <param name="most">Largest number.</param>
    /// <param name="names">Names of the numbers from <paramref name="least"/> on; empty for none.</param>
    /// <exception cref="ScheduleException">It is none.</exception>
    public static CronField Parse(string text, string what, int least, int most, params ReadOnlySpan<string> names)
    {
        ulong bits = 0;
        foreach (var part in text.Split(','))
        {
            var (range, step) = part.Split('/') switch
            {
                [var whole] => (whole, 1),
                [var of, var by] => (of, Step(by)),
                _ => throw Fault("has more than one step", names),
            };
            var (from, to) = range.Split('-') switch
            {
                ["*" or "?"] => (least, most),
                [var one] => (Number(one, names), part.Contains('/') ? most : Number(one, names)),
                [var first, var last] => (Number(first, names), Number(last, names)),
                _ => throw Fault($"has {range}, which is no range", names),
            };
            if (from > to) throw Fault($"has {range}, a range from the larger to the smaller", names);
            for (var number = from; number <= to; number += step) bits |= 1UL << number;
        }
        return new CronField(bits, text is "*" or "?", text.Contains('*') || text.Contains('?'));

        int Number(string one, ReadOnlySpan<string> known)
        {
            for (var i = 0; i < known.Length; i++)
                if (string.Equals(known[i], one, StringComparison.OrdinalIgnoreCase)) return least + i;
            return int.TryParse(one, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most ? number : throw Fault($"has {one}", known);
        }

        int Step(string by) => int.TryParse(by, NumberStyles.None, CultureInfo.InvariantCulture, out var step) && step >= 1 && step <= most
            ? step : throw new ScheduleException($"The {what} field {text} has the step {by}; steps are from 1 to {most}.");

        ScheduleException Fault(string why, ReadOnlySpan<string> known) =>
            new($"The {what} field {text} {why}; numbers are from {least} to {most}{(known.Length > 0 ? $", names from {known[0]} to {known[^1]}" : "")}.");
    }

    /// <summary>True where a number is in it.</summary>
    public bool Has(int number) => (Bits >> number & 1) != 0;

    /// <summary>The smallest number in it from one on; −1 where there is none.</summary>
    public int From(int number) => number > 63 || Bits >> number << number is not (> 0 and var left) ? -1 : BitOperations.TrailingZeroCount(left);
}
