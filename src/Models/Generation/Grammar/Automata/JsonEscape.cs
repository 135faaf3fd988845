using System.Text;

namespace Models.Generation.Grammar.Automata;

/// <summary>The one spelling that this room gives a character of a JSON string.</summary>
internal static class JsonEscape
{
    /// <summary>The spelling of a quote, a backslash or a control character; any other character is itself.</summary>
    public static string Of(char c) => c switch
    {
        '"' => "\\\"",
        '\\' => "\\\\",
        '\b' => "\\b",
        '\f' => "\\f",
        '\n' => "\\n",
        '\r' => "\\r",
        '\t' => "\\t",
        < ' ' => $"\\u{(int)c:x4}",
        _ => c.ToString(),
    };

    /// <summary>A text as a JSON string, quotes included.</summary>
    public static string Quote(string text)
    {
        var quoted = new StringBuilder(text.Length + 2).Append('"');
        foreach (var c in text)
            quoted.Append(Of(c));
        return quoted.Append('"').ToString();
    }
}
