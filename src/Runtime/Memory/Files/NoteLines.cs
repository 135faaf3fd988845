using System.Text.RegularExpressions;
using Runtime.Memory.Index;

namespace Runtime.Memory.Files;

/// <summary>What a file of memory says, line by line, without what is only there for the eye. Pure.</summary>
internal static partial class NoteLines
{
    /// <summary>Marks a note that may come from what others wrote.</summary>
    public const string Foreign = "<!-- foreign -->";

    /// <summary>The lines that say something: no headings, no comments, nothing blank; without bullets and times.</summary>
    public static IEnumerable<string> Of(string text) =>
        Comment().Replace(text, "").Split('\n').Select(line => Bullet().Replace(line.Trim(), "")).Where(line => line.Length > 0 && !line.StartsWith('#'));

    /// <summary>The text without the lines that are marked as foreign.</summary>
    public static string WithoutForeign(string text) => string.Join('\n', text.Split('\n').Where(line => !line.Contains(Foreign, StringComparison.Ordinal)));

    /// <summary>The text without its remarks, each line where it was; the mark of foreign notes says something, and stays.</summary>
    public static string WithoutRemarks(string text) => Remark().Replace(text, remark => new string('\n', remark.Value.Count(c => c == '\n')));

    /// <summary>True where two lines say the same in the same words: case, signs and endings aside. A number or a "not" more is another thing.</summary>
    public static bool SaySame(string a, string b) => SearchTerms.Of(a).SequenceEqual(SearchTerms.Of(b), StringComparer.Ordinal);

    // An unfinished comment goes to the end, as it does where the model is told.
    [GeneratedRegex("<!--.*?(-->|$)", RegexOptions.Singleline | RegexOptions.CultureInvariant)]
    private static partial Regex Comment();

    [GeneratedRegex("[ \\t]*(?!" + Foreign + ")<!--.*?(-->|$)", RegexOptions.Singleline | RegexOptions.CultureInvariant)]
    private static partial Regex Remark();

    [GeneratedRegex(@"^([-*+]|\d+[.)])\s+(\d\d:\d\d\s+)?", RegexOptions.CultureInvariant)]
    private static partial Regex Bullet();
}
