namespace Models.Tokens.Splitting;

/// <summary>
/// <c>(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+</c>:
/// GPT-4's, and with other lengths of numbers Llama 3's and Qwen's.
/// </summary>
/// <param name="longestNumber">How many digits a number may have.</param>
/// <param name="marksAreLetters">Whether <c>\p{M}</c> stands wherever <c>\p{L}</c> does, but for the character before a word (Qwen 3.5).</param>
internal sealed class Cl100kScanner(int longestNumber, bool marksAreLetters) : WordScanner
{
    private readonly CharacterKind _letters = CharacterKind.Letter | (marksAreLetters ? CharacterKind.Mark : 0);
    private readonly CharacterKind _symbols = CharacterKind.Other | (marksAreLetters ? 0 : CharacterKind.Mark);

    /// <inheritdoc/>
    protected override int WordEnd(ReadOnlySpan<char> text, int start)
    {
        var contraction = ContractionEnd(text, start, ignoreCase: true);
        if (contraction > start)
            return contraction;
        var kind = CharacterKinds.At(text, start, out var length);
        if ((kind & (CharacterKind.Newline | CharacterKind.Letter | CharacterKind.Number)) == 0
            && CharacterKinds.RunEnd(text, start + length, _letters) is var prefixed && prefixed > start + length)
            return prefixed;
        if ((kind & _letters) != 0)
            return CharacterKinds.RunEnd(text, start, _letters);
        if (kind == CharacterKind.Number)
            return CharacterKinds.RunEnd(text, start, CharacterKind.Number, longestNumber);
        var symbols = text[start] == ' ' ? start + 1 : start;
        var end = CharacterKinds.RunEnd(text, symbols, _symbols);
        return end > symbols ? CharacterKinds.RunEnd(text, end, CharacterKind.Newline) : WhiteOrLinesEnd(text, start);
    }
}
