namespace Models.Generation.Grammar.Automata;

/// <summary>A regular expression over code points, parsed. Only what makes a regular language: no look-around, no back-references.</summary>
internal abstract record Pattern
{
    /// <summary>The empty text.</summary>
    public static readonly Pattern Empty = new Sequence([]);

    /// <summary>Any text.</summary>
    public static readonly Pattern Anything = new Repeat(new Class(CodePointSet.All), 0, null);

    /// <summary>A literal text.</summary>
    public static Pattern Literal(string text) => new Sequence([.. text.EnumerateRunes().Select(rune => new Class(CodePointSet.Of((rune.Value, rune.Value))))]);

    /// <summary>One code point of a set.</summary>
    internal sealed record Class(CodePointSet Set) : Pattern;

    /// <summary>One after another.</summary>
    internal sealed record Sequence(IReadOnlyList<Pattern> Items) : Pattern;

    /// <summary>Any one of several.</summary>
    internal sealed record Choice(IReadOnlyList<Pattern> Items) : Pattern;

    /// <summary>Several times; without a maximum, without end.</summary>
    internal sealed record Repeat(Pattern Body, int Minimum, int? Maximum) : Pattern;

    /// <summary>A named rule of an EBNF.</summary>
    internal sealed record Reference(string Name) : Pattern;

    /// <summary>Only at the start of the text.</summary>
    internal sealed record Start : Pattern;

    /// <summary>Only at the end of the text.</summary>
    internal sealed record End : Pattern;
}
