using System.Text;
using Models.Tokens.Unicode;

namespace Models.Tokens.Splitting;

/// <summary><c>\w+|[^\w\s]+</c>, the pattern of the pre-tokenizer Whitespace.</summary>
internal sealed class WordOrSymbolScanner : TextPattern
{
    /// <inheritdoc/>
    public override List<(int Start, int End)> Find(ReadOnlySpan<char> text)
    {
        List<(int Start, int End)> matches = [];
        var before = Kind.White;
        for (var at = 0; at < text.Length;)
        {
            Rune.DecodeFromUtf16(text[at..], out var rune, out var length);
            var kind = CharacterClasses.IsWord(rune) ? Kind.Word : CharacterClasses.IsSpace(rune) ? Kind.White : Kind.Symbol;
            if (kind == before && kind != Kind.White)
                matches[^1] = (matches[^1].Start, at + length);
            else if (kind != Kind.White)
                matches.Add((at, at + length));
            before = kind;
            at += length;
        }
        return matches;
    }

    private enum Kind { White, Word, Symbol }
}
