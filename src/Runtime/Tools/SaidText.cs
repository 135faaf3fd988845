namespace Runtime.Tools;

/// <summary>What a person said, as the measure of what may go out without asking: words that stand in it were not made up by anybody else. Pure.</summary>
internal static class SaidText
{
    // "A timer for the rice" is a rice timer: so few words are no order that somebody else could give.
    private const int Few = 3;

    /// <summary>True where the text stands in what was said, word for word and as a whole word: an address that goes on differently is another one.</summary>
    public static bool Holds(string said, string text)
    {
        var at = said.IndexOf(text, StringComparison.Ordinal);
        if (at < 0 || text.Length == 0) return false;
        var end = at + text.Length;
        return end == said.Length || char.IsWhiteSpace(said[end]) || said[end] is ',' or ')' or '"' or '\'' or '>' or '!' || (said[end] is '.' or '?' or ':' or ';' && (end + 1 == said.Length || char.IsWhiteSpace(said[end + 1])));
    }

    /// <summary>True where a text's words stand in what was said one after another, whatever capitals and stops are between them; a few words stand there anyhow.</summary>
    public static bool HoldsWords(string said, string text)
    {
        var (all, words) = (Words(said), Words(text));
        if (words.Length is > 0 and <= Few && words.All(all.Contains)) return true;
        return words.Length > 0 && Enumerable.Range(0, Math.Max(0, all.Length - words.Length + 1)).Any(at => all.AsSpan(at, words.Length).SequenceEqual(words));
    }

    private static string[] Words(string text) =>
        new string([.. text.Select(c => char.IsLetterOrDigit(c) || c == '\'' ? char.ToLowerInvariant(c) : ' ')]).Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
