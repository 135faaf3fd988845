using System.Globalization;
using System.Text.RegularExpressions;

namespace Eval.Talking;

/// <summary>What no reply has, whatever was asked: rules that look at the reply and at what it could know.</summary>
internal static partial class Nonsense
{
    /// <summary>Numbers below it may be counted; whoever says a higher one has it from somewhere.</summary>
    private const int Countable = 10;

    private static readonly string[] Debris = ["<|", "<tool", "</tool", "{\"", "\"}", "\"arguments\"", "tool_call", "tool_response", "�"];

    private static readonly string[] Ones =
    [
        "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen",
        "eighteen", "nineteen",
    ];

    private static readonly string[] Tens = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];

    /// <summary>What is wrong with a reply; null where nothing is.</summary>
    /// <param name="reply">The reply.</param>
    /// <param name="known">What was said, called and found so far.</param>
    public static string? Of(string reply, IEnumerable<string> known)
    {
        if (string.IsNullOrWhiteSpace(reply)) return "it said nothing";
        if (Array.Find(Debris, piece => reply.Contains(piece, StringComparison.Ordinal)) is { } debris) return $"it shows what is not for people: {debris}";
        // An address may be 10.1.1.1, and a time 00:00:00: what goes round is words.
        if (Loop().Matches(reply).FirstOrDefault(match => match.Groups[1].Value.Any(char.IsLetter)) is { } loop) return $"it goes round in circles: {loop.Groups[1].Value}";
        var from = known.SelectMany(Numbers).ToHashSet();
        // A clock has two ways to say the afternoon, and a time that was asked for in words is told in digits.
        bool IsKnown(long number) => number < Countable || from.Contains(number) || (number <= 12 && from.Contains(number + 12)) || (number is > 12 and <= 24 && from.Contains(number - 12));
        return Digits(reply).FirstOrDefault(number => !IsKnown(number)) is > 0 and var made ? $"it made up a number: {made}" : null;
    }

    private static IEnumerable<long> Numbers(string text) => Digits(text).Concat(Words(text.ToLowerInvariant()));

    // 18:05 and 21.5 are two each.
    private static IEnumerable<long> Digits(string text) =>
        Number().Matches(text.Replace(",", "", StringComparison.Ordinal)).Select(match => long.TryParse(match.Value, CultureInfo.InvariantCulture, out var number) ? number : -1).Where(number => number >= 0);

    // forty-five is 45; half past seven has a 30 in it, and a quarter 15 or 45.
    private static IEnumerable<long> Words(string text)
    {
        long tens = 0;
        foreach (Match word in Word().Matches(text))
        {
            var (one, ten) = (Array.IndexOf(Ones, word.Value), Array.IndexOf(Tens, word.Value));
            if (one >= 0) yield return one < 10 ? tens + one : one;
            if (ten >= 0) yield return (ten + 2) * 10;
            if (word.Value is "half" or "quarter") foreach (var part in (long[])[15, 30, 45, 90]) yield return part;
            if (word.Value is "noon" or "midday" or "midnight") yield return 12;
            if (word.Value is "dozen") yield return 12;
            tens = ten >= 0 ? (ten + 2) * 10 : 0;
        }
    }

    [GeneratedRegex(@"\b(\w+(?:\W+\w+){0,7})(?:\W+\1\b){2,}", RegexOptions.IgnoreCase)]
    private static partial Regex Loop();

    [GeneratedRegex(@"\d+")]
    private static partial Regex Number();

    [GeneratedRegex(@"[a-z]+")]
    private static partial Regex Word();
}
