using System.Collections.Concurrent;
using System.Globalization;
using Models.Generation.Grammar.Automata;

namespace Models.Generation.Grammar.Syntax;

/// <summary>The character classes of ECMA-262 regular expressions.</summary>
internal static class CharacterClasses
{
    /// <summary><c>\d</c>: ASCII digits.</summary>
    public static readonly CodePointSet Digits = CodePointSet.Of(('0', '9'));

    /// <summary><c>\w</c>: ASCII letters, digits and the underscore.</summary>
    public static readonly CodePointSet WordCharacters = CodePointSet.Of(('0', '9'), ('A', 'Z'), ('_', '_'), ('a', 'z'));

    /// <summary><c>\s</c>: WhiteSpace and LineTerminator of ECMA-262.</summary>
    public static readonly CodePointSet Spaces = CodePointSet.Of(
        ('\t', '\r'), (' ', ' '), (0xA0, 0xA0), (0x1680, 0x1680), (0x2000, 0x200A), (0x2028, 0x2029), (0x202F, 0x202F), (0x205F, 0x205F),
        (0x3000, 0x3000), (0xFEFF, 0xFEFF));

    // Short and long names of UAX #44, table 12; a group of categories is the union of those that begin with its letter.
    private static readonly (string Long, string Short)[] LongNames =
    [
        ("Letter", "L"), ("Uppercase_Letter", "Lu"), ("Lowercase_Letter", "Ll"), ("Titlecase_Letter", "Lt"), ("Modifier_Letter", "Lm"),
        ("Other_Letter", "Lo"), ("Mark", "M"), ("Nonspacing_Mark", "Mn"), ("Spacing_Mark", "Mc"), ("Enclosing_Mark", "Me"),
        ("Number", "N"), ("Decimal_Number", "Nd"), ("digit", "Nd"), ("Letter_Number", "Nl"), ("Other_Number", "No"), ("Punctuation", "P"),
        ("punct", "P"), ("Symbol", "S"), ("Separator", "Z"), ("Space_Separator", "Zs"), ("Other", "C"), ("Control", "Cc"),
    ];

    // In the order of UnicodeCategory.
    private static readonly string[] ShortNames =
    [
        "Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Mc", "Me", "Nd", "Nl", "No", "Zs", "Zl", "Zp", "Cc", "Cf", "Cs", "Co", "Pc", "Pd", "Ps", "Pe",
        "Pi", "Pf", "Po", "Sm", "Sc", "Sk", "So", "Cn",
    ];

    private static readonly ConcurrentDictionary<string, CodePointSet> Categories = [];

    /// <summary>The code points of a general category (<c>L</c>, <c>Lu</c>, <c>Letter</c> …); null where the name is not one.</summary>
    public static CodePointSet? Category(string name)
    {
        foreach (var prefix in (ReadOnlySpan<string>)["General_Category=", "gc="])
        {
            if (name.StartsWith(prefix, StringComparison.Ordinal))
                name = name[prefix.Length..];
        }
        var shortName = Array.Find(LongNames, category => category.Long == name).Short ?? name;
        return shortName.Length is 1 or 2 && ShortNames.Any(category => category.StartsWith(shortName, StringComparison.Ordinal))
            ? Categories.GetOrAdd(shortName, Collect)
            : null;
    }

    private static CodePointSet Collect(string shortName)
    {
        List<(int, int)> ranges = [];
        for (var c = 0; c <= CodePointSet.Last; c++)
        {
            if (!ShortNames[(int)CharUnicodeInfo.GetUnicodeCategory(c)].StartsWith(shortName, StringComparison.Ordinal))
                continue;
            var low = c;
            while (c < CodePointSet.Last && ShortNames[(int)CharUnicodeInfo.GetUnicodeCategory(c + 1)].StartsWith(shortName, StringComparison.Ordinal))
                c++;
            ranges.Add((low, c));
        }
        return CodePointSet.Of(ranges);
    }
}
