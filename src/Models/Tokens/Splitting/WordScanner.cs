namespace Models.Tokens.Splitting;

/// <summary>
/// A pattern that cuts a text into words and leaves nothing between them: one of the well-known pre-tokenizer regexes by hand,
/// in linear time, and over whole characters where .NET's engine sees two surrogates.
/// </summary>
internal abstract class WordScanner : TextPattern
{
    /// <inheritdoc/>
    public sealed override List<(int Start, int End)> Find(ReadOnlySpan<char> text)
    {
        List<(int, int)> words = new(text.Length / 4);
        for (var start = 0; start < text.Length;)
        {
            var end = WordEnd(text, start);
            words.Add((start, end));
            start = end;
        }
        return words;
    }

    /// <summary>Where the word that begins at a place ends; always further on.</summary>
    protected abstract int WordEnd(ReadOnlySpan<char> text, int start);

    /// <summary>Where <c>'s|'t|'re|'ve|'m|'ll|'d</c> at a place ends; the place itself where there is none.</summary>
    protected static int ContractionEnd(ReadOnlySpan<char> text, int start, bool ignoreCase)
    {
        if (start + 1 >= text.Length || text[start] != '\'')
            return start;
        var (first, second) = (At(text, start + 1, ignoreCase), At(text, start + 2, ignoreCase));
        return (first, second) switch
        {
            ('s' or 't' or 'm' or 'd', _) => start + 2,
            ('r', 'e') or ('v', 'e') or ('l', 'l') => start + 3,
            _ => start,
        };

        static char At(ReadOnlySpan<char> text, int at, bool ignoreCase) => at >= text.Length ? '\0'
            : !ignoreCase ? text[at]
            : text[at] == '\u017F' ? 's' // long s folds to s
            : char.ToLowerInvariant(text[at]);
    }

    /// <summary>
    /// Where <c>\s+(?!\S)|\s+</c> at a place that is white space ends: the run, but for its last character when a word follows
    /// and something is left.
    /// </summary>
    protected static int WhiteEnd(ReadOnlySpan<char> text, int start)
    {
        var end = CharacterKinds.RunEnd(text, start, CharacterKind.White);
        return end < text.Length && end - 1 > start ? end - 1 : end; // all white space is one UTF-16 unit long
    }

    /// <summary>Where <c>\s*[\r\n]+|\s+(?!\S)|\s+</c> at a place that is white space ends: behind the run's last line end, if it has one.</summary>
    protected static int WhiteOrLinesEnd(ReadOnlySpan<char> text, int start)
    {
        var run = text[start..CharacterKinds.RunEnd(text, start, CharacterKind.White)];
        var newline = run.LastIndexOfAny('\r', '\n');
        return newline >= 0 ? start + newline + 1 : WhiteEnd(text, start);
    }
}
