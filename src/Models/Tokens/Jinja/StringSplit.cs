using System.Buffers;

namespace Models.Tokens.Jinja;

/// <summary>The methods of a string that cut it into pieces.</summary>
internal static class StringSplit
{
    private static readonly SearchValues<char> LineEnds = SearchValues.Create("\n\r\v\f\u001c\u001d\u001e\u0085\u2028\u2029");

    public static IEnumerable<string> Lines(string text, bool keepEnds = false)
    {
        for (var at = 0; at < text.Length;)
        {
            var length = text.AsSpan(at).IndexOfAny(LineEnds);
            if (length < 0) length = text.Length - at;
            var end = at + length;
            var next = end < text.Length ? end + (text[end] == '\r' && end + 1 < text.Length && text[end + 1] == '\n' ? 2 : 1) : end;
            yield return text[at..(keepEnds ? next : end)];
            at = next;
        }
    }

    public static PyList Split(RenderContext context, string self, CallArguments arguments, string name, bool fromEnd)
    {
        var given = arguments.Bind(context, name, 0, "sep", "maxsplit");
        var separator = given[0] is null or None ? null : StringMethods.TextArgument(context, given[0], name);
        if (separator?.Length == 0) throw context.Error("an empty separator cannot split.");
        var most = given[1] is null ? -1 : StringMethods.IntegerArgument(context, given[1]!, name);
        if (most < 0) most = long.MaxValue;
        context.ChargeCharacters(self.Length);
        List<object> parts = [];
        if (separator is not null) SplitAt(context, self, separator, most, fromEnd, parts);
        else if (fromEnd) SplitAtSpaceFromEnd(context, self, most, parts);
        else SplitAtSpace(context, self, most, parts);
        if (fromEnd) parts.Reverse();
        return new([.. parts]);
    }

    public static PyList SplitLines(RenderContext context, string self, CallArguments arguments)
    {
        var given = arguments.Bind(context, "splitlines", 0, "keepends");
        context.ChargeCharacters(self.Length);
        List<object> lines = [.. Lines(self, given[0] is { } keep && Values.IsTrue(keep))];
        context.ChargeItems(lines.Count);
        return new([.. lines]);
    }

    public static PyTuple Partition(RenderContext context, string self, CallArguments arguments, string name, bool fromEnd)
    {
        var separator = StringMethods.TextArgument(context, arguments.BindPositional(context, name, 1, 1)[0], name);
        if (separator.Length == 0) throw context.Error("an empty separator cannot split.");
        context.ChargeCharacters(self.Length);
        var at = fromEnd ? self.LastIndexOf(separator, StringComparison.Ordinal) : self.IndexOf(separator, StringComparison.Ordinal);
        if (at < 0) return fromEnd ? new(["", "", self]) : new([self, "", ""]);
        return new([self[..at], separator, self[(at + separator.Length)..]]);
    }

    private static void SplitAt(RenderContext context, ReadOnlySpan<char> rest, string separator, long most, bool fromEnd, List<object> parts)
    {
        while (parts.Count < most)
        {
            var at = fromEnd ? rest.LastIndexOf(separator) : rest.IndexOf(separator);
            if (at < 0) break;
            context.ChargeItems(1);
            parts.Add((fromEnd ? rest[(at + separator.Length)..] : rest[..at]).ToString());
            rest = fromEnd ? rest[..at] : rest[(at + separator.Length)..];
        }
        parts.Add(rest.ToString());
    }

    private static void SplitAtSpace(RenderContext context, string text, long most, List<object> parts)
    {
        var at = SkipSpace(text, 0);
        while (at < text.Length)
        {
            context.ChargeItems(1);
            var end = parts.Count >= most ? text.Length : at;
            while (end < text.Length && !PyText.IsSpace(text[end])) end++;
            parts.Add(text[at..end]);
            at = SkipSpace(text, end);
        }
    }

    private static void SplitAtSpaceFromEnd(RenderContext context, string text, long most, List<object> parts)
    {
        var end = PyText.TrimEnd(text).Length;
        while (end > 0)
        {
            context.ChargeItems(1);
            var start = parts.Count >= most ? 0 : end;
            while (start > 0 && !PyText.IsSpace(text[start - 1])) start--;
            parts.Add(text[start..end]);
            end = PyText.TrimEnd(text.AsSpan(0, start)).Length;
        }
    }

    private static int SkipSpace(string text, int at)
    {
        while (at < text.Length && PyText.IsSpace(text[at])) at++;
        return at;
    }
}
