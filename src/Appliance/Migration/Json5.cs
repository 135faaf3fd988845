using System.Text;

namespace Appliance.Migration;

/// <summary>Turns what people write as JSON5 into JSON with comments: names without quotes and texts in single quotes. All else stays. Pure.</summary>
internal static class Json5
{
    /// <summary>The text as JSON with comments and trailing commas. What is neither stays as it is, for the reader to refuse.</summary>
    public static string ToJson(string text)
    {
        var json = new StringBuilder(text.Length);
        for (var at = 0; at < text.Length;)
        {
            var end = at + 1;
            if (text[at] is '"' or '\'')
            {
                end = EndOfText(text, at);
                json.Append(text[at] == '"' ? text[at..end] : Requoted(text[(at + 1)..Math.Max(at + 1, end - 1)]));
            }
            else if (text.AsSpan(at).StartsWith("//") || text.AsSpan(at).StartsWith("/*"))
            {
                var close = text.IndexOf(text[at + 1] == '/' ? "\n" : "*/", at + 2, StringComparison.Ordinal);
                end = close < 0 ? text.Length : close + (text[at + 1] == '/' ? 1 : 2);
                json.Append(text, at, end - at);
            }
            else if (char.IsLetter(text[at]) || text[at] is '_' or '$')
            {
                while (end < text.Length && (char.IsLetterOrDigit(text[end]) || text[end] is '_' or '$')) end++;
                var isName = text.AsSpan(end).TrimStart().StartsWith(":");
                json.Append(isName ? $"\"{text[at..end]}\"" : text[at..end]);
            }
            else if (char.IsAsciiDigit(text[at]))
            {
                while (end < text.Length && (char.IsLetterOrDigit(text[end]) || text[end] is '.' or '+' or '-')) end++;
                json.Append(text, at, end - at);
            }
            else json.Append(text[at]);
            at = end;
        }
        return json.ToString();
    }

    private static int EndOfText(string text, int start)
    {
        for (var at = start + 1; at < text.Length; at++)
        {
            if (text[at] == '\\') at++;
            else if (text[at] == text[start]) return at + 1;
        }
        return text.Length;
    }

    private static string Requoted(string inner) => $"\"{inner.Replace("\\'", "'").Replace("\"", "\\\"")}\"";
}
