namespace Models.Tokens.Splitting;

/// <summary>
/// GPT-4o's words, which also begin at a capital: with U as <c>[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]</c>, L as
/// <c>[\p{Ll}\p{Lm}\p{Lo}\p{M}]</c>, P as <c>[^\r\n\p{L}\p{N}]?</c> and C as an optional contraction,
/// <c>PU*L+C|PU+L*C|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+</c>.
/// </summary>
/// <param name="longestNumber">How many digits a number may have.</param>
/// <param name="contractions">Whether words take contractions along (not in Mistral's Tekken).</param>
internal sealed class O200kScanner(int longestNumber, bool contractions) : WordScanner
{
    private const CharacterKind Both = CharacterKind.Uncased | CharacterKind.Mark; // what U and L share

    /// <inheritdoc/>
    protected override int WordEnd(ReadOnlySpan<char> text, int start)
    {
        var kind = CharacterKinds.At(text, start, out var length);
        var afterPrefix = (kind & (CharacterKind.Newline | CharacterKind.Letter | CharacterKind.Number)) == 0 ? start + length : start;
        foreach (var lowerRequired in (ReadOnlySpan<bool>)[true, false])
            foreach (var word in (ReadOnlySpan<int>)[afterPrefix, start])
                if (CasedEnd(text, word, lowerRequired) is var end && end > word)
                    return contractions ? ContractionEnd(text, end, ignoreCase: true) : end;
        if (kind == CharacterKind.Number)
            return CharacterKinds.RunEnd(text, start, CharacterKind.Number, longestNumber);
        var symbols = text[start] == ' ' ? start + 1 : start;
        var symbolsEnd = CharacterKinds.RunEnd(text, symbols, CharacterKind.Other | CharacterKind.Mark);
        if (symbolsEnd == symbols)
            return WhiteOrLinesEnd(text, start);
        while (symbolsEnd < text.Length && text[symbolsEnd] is '\r' or '\n' or '/')
            symbolsEnd++;
        return symbolsEnd;
    }

    // Where U*L+ or U+L* at a place ends; the place itself where it does not match.
    private static int CasedEnd(ReadOnlySpan<char> text, int start, bool lowerRequired)
    {
        var upperEnd = start;
        var sharedEnd = start; // behind the last character of the capitals that could be of the small letters as well
        while (upperEnd < text.Length && CharacterKinds.At(text, upperEnd, out var length) is var kind && (kind & (Both | CharacterKind.Upper)) != 0)
        {
            upperEnd += length;
            if ((kind & Both) != 0)
                sharedEnd = upperEnd;
        }
        var end = CharacterKinds.RunEnd(text, upperEnd, Both | CharacterKind.Lower);
        if (lowerRequired)
            return end > upperEnd ? end : sharedEnd; // U* gives back up to a character that L takes
        return upperEnd > start ? end : start;
    }
}
