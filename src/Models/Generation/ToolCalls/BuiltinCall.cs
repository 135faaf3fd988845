using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;

namespace Models.Generation.ToolCalls;

/// <summary>
/// The call of a built-in tool as Llama 3.1's template writes it after its tag: <c>brave_search.call(query="…", …)</c>. Nothing is
/// escaped in the values, so a value ends at the quote that another argument or the end of the call follows.
/// </summary>
internal static class BuiltinCall
{
    /// <summary>Reads a call that is the whole text; the arguments are a JSON object of strings.</summary>
    public static bool TryRead(ReadOnlySpan<char> text, out string name, out string arguments)
    {
        (name, arguments) = ("", "");
        text = text.Trim();
        var length = IdentifierLength(text);
        if (length == 0 || !text[length..].StartsWith(".call(") || text[^1] != ')') return false;
        name = text[..length].ToString();
        text = text[(length + ".call(".Length)..];

        var values = new JsonObject();
        while (text is not ")")
        {
            if (!TryReadArgument(text, out var key, out var value, out var used)) return false;
            values[key] = value;
            text = text[used..];
        }
        arguments = values.ToJsonString();
        return true;
    }

    private static bool TryReadArgument(
        ReadOnlySpan<char> text, [NotNullWhen(true)] out string? key, [NotNullWhen(true)] out string? value, out int used)
    {
        (key, value, used) = (null, null, 0);
        var begin = IdentifierLength(text) + "=\"".Length;
        if (begin == 2 || !text[(begin - 2)..].StartsWith("=\"")) return false;
        for (var end = begin; end < text.Length; end++)
        {
            if (text[end] != '"') continue;
            var rest = text[(end + 1)..];
            if (rest is not ")")
            {
                if (!rest.StartsWith(", ") || !rest[(2 + IdentifierLength(rest[2..]))..].StartsWith("=\"")) continue;
                used = 2;
            }
            (key, value, used) = (text[..(begin - 2)].ToString(), text[begin..end].ToString(), used + end + 1);
            return true;
        }
        return false;
    }

    private static int IdentifierLength(ReadOnlySpan<char> text)
    {
        var length = 0;
        while (length < text.Length && (char.IsAsciiLetterOrDigit(text[length]) || text[length] == '_')) length++;
        return length;
    }
}
