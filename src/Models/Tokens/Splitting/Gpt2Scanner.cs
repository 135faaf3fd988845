namespace Models.Tokens.Splitting;

/// <summary><c>'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+</c></summary>
internal sealed class Gpt2Scanner : WordScanner
{
    /// <inheritdoc/>
    protected override int WordEnd(ReadOnlySpan<char> text, int start)
    {
        var contraction = ContractionEnd(text, start, ignoreCase: false);
        if (contraction > start)
            return contraction;
        var word = text[start] == ' ' && start + 1 < text.Length ? start + 1 : start;
        var kind = CharacterKinds.At(text, word, out _);
        if ((kind & CharacterKind.White) != 0)
            return WhiteEnd(text, start);
        return CharacterKinds.RunEnd(text, word, kind switch
        {
            CharacterKind.Upper or CharacterKind.Lower or CharacterKind.Uncased => CharacterKind.Letter,
            CharacterKind.Number => CharacterKind.Number,
            _ => CharacterKind.Other | CharacterKind.Mark,
        });
    }
}
