using System.Globalization;
using System.Text.RegularExpressions;
using Runtime.Memory.Files;

namespace Runtime.Memory.Distilling;

/// <summary>
/// What nights wrote into <c>MEMORY.md</c>: a line a fact with the day it comes from, and one line that says up to which day. Both marks are
/// comments, which the model is not told. Lines and mark are written at once, so that a day is in it once, whatever was cut off. Pure.
/// </summary>
internal static partial class DistilledText
{
    /// <summary>The last day that is in it; null for none.</summary>
    public static DateOnly? Through(string text) => Mark().Matches(text).Select(mark => MemoryFolder.DayOf(mark.Groups[1].Value)).Max();

    /// <summary>The text with a day's facts, those that it has already left out.</summary>
    public static string With(string text, DateOnly day, IEnumerable<string> facts)
    {
        var known = NoteLines.Of(text).ToList();
        var kept = Mark().Replace(text, "").TrimEnd();
        var date = day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        var lines = new List<string> { kept.Length > 0 ? kept : "# Memory\n" };
        foreach (var fact in facts)
        {
            if (known.Exists(line => NoteLines.SaySame(line, fact))) continue;
            known.Add(fact);
            lines.Add($"- {fact} <!-- distilled from {date} -->");
        }
        lines.Add($"<!-- distilled through {date} -->\n");
        return string.Join('\n', lines);
    }

    [GeneratedRegex(@"^<!-- distilled through (\d{4}-\d\d-\d\d) -->\n?", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex Mark();
}
