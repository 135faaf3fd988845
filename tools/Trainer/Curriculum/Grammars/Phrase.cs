namespace Trainer.Curriculum.Grammars;

/// <summary>A piece of a template.</summary>
internal abstract record Phrase
{
    /// <summary>Words as they stand.</summary>
    public sealed record Words(string Text) : Phrase;

    /// <summary>One piece after the other.</summary>
    public sealed record Sequence(IReadOnlyList<Phrase> Parts) : Phrase;

    /// <summary>One of several: <c>(a|b|)</c>.</summary>
    public sealed record Choice(IReadOnlyList<Phrase> Ways) : Phrase;

    /// <summary>A rule, another way each time: <c>&lt;rule&gt;</c>.</summary>
    public sealed record Rule(string Name) : Phrase;

    /// <summary>A value that is the same all through a dialogue: <c>{item}</c>, <c>{item2}</c>, <c>{duration:arg}</c>.</summary>
    public sealed record Slot(string Name, string Form) : Phrase;

    /// <summary>Reads a template.</summary>
    /// <exception cref="InvalidDataException">A bracket has no partner.</exception>
    public static Phrase Parse(string text)
    {
        var at = 0;
        var phrase = ReadWays(text, ref at);
        return at == text.Length ? phrase : throw new InvalidDataException($"A bracket too many at {at}: {text}");
    }

    /// <summary>The alternatives of a template that stand at its outermost level.</summary>
    public static IReadOnlyList<string> Split(string text)
    {
        List<string> ways = [];
        var (depth, from) = (0, 0);
        for (var i = 0; i <= text.Length; i++)
        {
            if (i < text.Length && text[i] is '(' or '{' or '<') depth++;
            else if (i < text.Length && text[i] is ')' or '}' or '>') depth--;
            else if (i == text.Length || (text[i] == '|' && depth == 0))
            {
                ways.Add(text[from..i].Trim());
                from = i + 1;
            }
        }
        return ways;
    }

    private static Phrase ReadWays(string text, ref int at)
    {
        List<Phrase> ways = [];
        while (true)
        {
            ways.Add(ReadParts(text, ref at));
            if (at == text.Length || text[at] != '|') return ways.Count == 1 ? ways[0] : new Choice(ways);
            at++;
        }
    }

    private static Sequence ReadParts(string text, ref int at)
    {
        List<Phrase> parts = [];
        while (at < text.Length && text[at] is not ('|' or ')'))
        {
            if (text[at] == '(')
            {
                at++;
                parts.Add(ReadWays(text, ref at));
                if (at == text.Length) throw new InvalidDataException($"A bracket is open: {text}");
                at++;
            }
            else if (text[at] is '<' or '{')
            {
                var end = text.IndexOf(text[at] == '<' ? '>' : '}', at);
                if (end < 0) throw new InvalidDataException($"A bracket is open: {text}");
                var name = text[(at + 1)..end];
                parts.Add(text[at] == '<' ? new Rule(name) : name.Split(':') is [var slot, var form] ? new Slot(slot, form) : new Slot(name, ""));
                at = end + 1;
            }
            else
            {
                var end = text.AsSpan(at).IndexOfAny("(<{|)");
                var length = end < 0 ? text.Length - at : end;
                parts.Add(new Words(text.Substring(at, length).Replace('\uE002', '(').Replace('\uE003', ')')));
                at += length;
            }
        }
        return new(parts);
    }
}
