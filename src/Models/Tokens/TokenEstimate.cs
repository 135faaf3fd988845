namespace Models.Tokens;

/// <summary>
/// About how many tokens a text is to a model whose tokenizer is not here: rather too many than too few, for what does not fit is refused over there
/// after it was sent. A test holds it against tokenizers that are here. Pure.
/// </summary>
public static class TokenEstimate
{
    // Letters of a word that a token has at least, in texts that models were made for; a word in capitals is cut into smaller pieces.
    private const int LettersPerToken = 4, CapitalsPerToken = 2;

    /// <summary>Tokens of a text.</summary>
    public static int Of(ReadOnlySpan<char> text)
    {
        // In halves of a token.
        var halves = 0L;
        for (var i = 0; i < text.Length;)
        {
            var c = text[i];
            if (char.IsAsciiLetter(c)) halves += 2L * Word(text, ref i);
            else if (c == ' ') halves += 2L * Blanks(text, ref i);
            else if (IsSign(c)) halves += Signs(text, ref i);
            else
            {
                // Digits and ends of lines are a token each with those that cut finest; of what is not ASCII two bytes of UTF-8 are one, about.
                halves += c < 0x800 || char.IsSurrogate(c) ? 2 : 3;
                i++;
            }
        }
        return (int)Math.Min(int.MaxValue, (halves + 1) / 2);
    }

    // A word, or the part of one up to the next capital: camelCase is two.
    private static int Word(ReadOnlySpan<char> text, ref int i)
    {
        var start = i++;
        var isCapitals = i < text.Length && char.IsAsciiLetterUpper(text[start]) && char.IsAsciiLetterUpper(text[i]);
        while (i < text.Length && (isCapitals ? char.IsAsciiLetterUpper(text[i]) : char.IsAsciiLetterLower(text[i]))) i++;
        var per = isCapitals ? CapitalsPerToken : LettersPerToken;
        return (i - start + per - 1) / per;
    }

    // Those that stand together often go together: a token for two, and one for one alone. In halves.
    private static int Signs(ReadOnlySpan<char> text, ref int i)
    {
        var start = i;
        while (i < text.Length && IsSign(text[i])) i++;
        return Math.Max(2, i - start);
    }

    private static bool IsSign(char c) => c is > ' ' and < (char)0x7F && !char.IsAsciiLetterOrDigit(c);

    // One before a word belongs to it; several are one token.
    private static int Blanks(ReadOnlySpan<char> text, ref int i)
    {
        var start = i;
        while (i < text.Length && text[i] == ' ') i++;
        return i - start == 1 && i < text.Length && char.IsLetter(text[i]) ? 0 : 1;
    }
}
