using System.Text;

namespace Models.Tokens.Jinja;

/// <summary>The methods of a string that look for text in it, and take it away or replace it.</summary>
internal static class StringSearch
{
    public static string Strip(string text, string? characters, bool start = true, bool end = true)
    {
        var span = text.AsSpan();
        if (characters is null)
        {
            while (start && !span.IsEmpty && PyText.IsSpace(span[0])) span = span[1..];
            if (end) span = PyText.TrimEnd(span);
            return span.Length == text.Length ? text : span.ToString();
        }
        var set = characters.EnumeratePoints().ToHashSet();
        var points = text.EnumeratePoints();
        var (from, to) = (0, text.Length);
        if (start) from = points.TakeWhile(set.Contains).Sum(point => point.Length);
        while (end && to > from)
        {
            var units = to - from >= 2 && char.IsSurrogatePair(text[to - 2], text[to - 1]) ? 2 : 1;
            if (!set.Contains(text.Substring(to - units, units))) break;
            to -= units;
        }
        return text[from..to];
    }

    public static string Replace(RenderContext context, string text, string old, string replacement, long count)
    {
        context.ChargeScan(text.Length);
        // An empty old text is found before every character and at the end.
        var found = old.Length == 0 ? PyText.Length(context, text) + 1 : CountOf(text, old);
        var times = count < 0 ? found : Math.Min(count, found);
        context.ChargeCharacters(text.Length + times * replacement.Length);
        if (times == 0) return text;
        if (old.Length > 0 && times == found) return text.Replace(old, replacement, StringComparison.Ordinal);
        var output = new StringBuilder();
        if (old.Length == 0)
        {
            foreach (var point in text.EnumeratePoints())
            {
                if (times-- > 0) output.Append(replacement);
                output.Append(point);
            }
            return times > 0 ? output.Append(replacement).ToString() : output.ToString();
        }
        var at = 0;
        for (; times > 0; times--)
        {
            var next = text.IndexOf(old, at, StringComparison.Ordinal);
            output.Append(text, at, next - at).Append(replacement);
            at = next + old.Length;
        }
        return output.Append(text, at, text.Length - at).ToString();
    }

    private static int CountOf(string text, string part)
    {
        var count = 0;
        for (var at = 0; (at = text.IndexOf(part, at, StringComparison.Ordinal)) >= 0; at += part.Length) count++;
        return count;
    }

    /// <summary>What the arguments start and end leave of a string, and where it begins in code points; null where it begins behind the end.</summary>
    private static (string Text, int Start)? Window(RenderContext context, string self, object[] given)
    {
        if (given.Length == 1) return (self, 0);
        var length = PyText.Length(context, self);
        var start = Bound(given[1], 0);
        var end = given.Length > 2 ? Bound(given[2], length) : length;
        if (start > length || end < start) return null;
        return (PyText.Slice(context, self, length, start, end - start, 1), start);

        int Bound(object value, int otherwise)
        {
            if (value is None) return otherwise;
            var bound = StringMethods.IntegerArgument(context, value, "start and end");
            return (int)Math.Clamp(bound < 0 ? bound + length : bound, 0, (long)length + 1);
        }
    }

    public static object HasAffix(RenderContext context, string self, CallArguments arguments, string name, Func<string, string, bool> test)
    {
        var given = arguments.BindPositional(context, name, 1, 3);
        if (Window(context, self, given) is not { } window) return Values.False;
        object[] affixes = given[0] is PyTuple tuple ? tuple.ToArray() : [given[0]];
        foreach (var affix in affixes)
        {
            var text = StringMethods.TextArgument(context, affix, name);
            context.ChargeScan(text.Length);
            if (test(window.Text, text)) return Values.True;
        }
        return Values.False;
    }

    public static string Strip(RenderContext context, string self, CallArguments arguments, string name, bool start, bool end)
    {
        var given = arguments.BindPositional(context, name, 0, 1);
        var characters = given.Length == 0 || given[0] is None ? null : StringMethods.TextArgument(context, given[0], name);
        context.ChargeCharacters(self.Length);
        return Strip(self, characters, start, end);
    }

    public static object Replace(RenderContext context, string self, CallArguments arguments)
    {
        var given = arguments.BindPositional(context, "replace", 2, 3);
        var count = given.Length > 2 ? StringMethods.IntegerArgument(context, given[2], "replace") : -1;
        return Replace(context, self, StringMethods.TextArgument(context, given[0], "replace"), StringMethods.TextArgument(context, given[1], "replace"), count);
    }

    public static string RemoveAffix(RenderContext context, string self, CallArguments arguments, bool atEnd)
    {
        var name = atEnd ? "removesuffix" : "removeprefix";
        var affix = StringMethods.TextArgument(context, arguments.BindPositional(context, name, 1, 1)[0], name);
        context.ChargeCharacters(self.Length);
        if (atEnd) return self.EndsWith(affix, StringComparison.Ordinal) ? self[..^affix.Length] : self;
        return self.StartsWith(affix, StringComparison.Ordinal) ? self[affix.Length..] : self;
    }

    public static int Find(RenderContext context, string self, CallArguments arguments, string name, bool fromEnd)
    {
        var given = arguments.BindPositional(context, name, 1, 3);
        var part = StringMethods.TextArgument(context, given[0], name);
        if (Window(context, self, given) is not var (text, start)) return -1;
        context.ChargeScan(text.Length + part.Length);
        var at = fromEnd ? text.LastIndexOf(part, StringComparison.Ordinal) : text.IndexOf(part, StringComparison.Ordinal);
        return at < 0 ? -1 : start + PyText.ToPoints(text, at);
    }

    public static object Count(RenderContext context, string self, CallArguments arguments)
    {
        var given = arguments.BindPositional(context, "count", 1, 3);
        var part = StringMethods.TextArgument(context, given[0], "count");
        if (Window(context, self, given) is not { } window) return Values.Int(0);
        context.ChargeScan(window.Text.Length);
        return Values.Int(part.Length == 0 ? PyText.Length(context, window.Text) + 1 : CountOf(window.Text, part));
    }
}
