using System.Text;
using System.Text.Json;
using Models.Tokens.Pipeline;

namespace Models.Tokens.Splitting;

/// <summary>Something to find in a text, all matches from left to right without overlap. Immutable and safe for several threads.</summary>
internal abstract class TextPattern
{
    /// <summary>Finds every match; none is empty.</summary>
    public abstract List<(int Start, int End)> Find(ReadOnlySpan<char> text);

    /// <summary>Reads the <c>pattern</c> of a component: <c>{"String": …}</c> or <c>{"Regex": …}</c>.</summary>
    /// <exception cref="TokenizerException">The pattern is malformed or a regex that is not supported.</exception>
    public static TextPattern FromJson(JsonElement component)
    {
        var json = component.Field("pattern") ?? throw JsonFields.Malformed("pattern", "there");
        if (json.Field("String") is not null)
            return new LiteralPattern(json.Text("String"));
        var regex = json.Text("Regex");
        return (TextPattern?)KnownRegexes.FindScanner(regex) ?? new RegexPattern(regex);
    }
}

/// <summary>A string, matched exactly.</summary>
internal sealed class LiteralPattern(string literal) : TextPattern
{
    /// <inheritdoc/>
    public override List<(int Start, int End)> Find(ReadOnlySpan<char> text)
    {
        List<(int, int)> matches = [];
        for (var at = 0; literal.Length > 0 && text[at..].IndexOf(literal) is var next and >= 0; at += next + literal.Length)
            matches.Add((at + next, at + next + literal.Length));
        return matches;
    }
}

/// <summary>Characters of a class, each a match of its own.</summary>
internal sealed class CharacterPattern(Func<Rune, bool> isMatch) : TextPattern
{
    /// <inheritdoc/>
    public override List<(int Start, int End)> Find(ReadOnlySpan<char> text)
    {
        List<(int, int)> matches = [];
        for (var at = 0; at < text.Length;)
        {
            Rune.DecodeFromUtf16(text[at..], out var rune, out var length);
            if (isMatch(rune))
                matches.Add((at, at + length));
            at += length;
        }
        return matches;
    }
}
