using System.Net;
using System.Text;

namespace Runtime.Tools.Web;

/// <summary>
/// What a person reads of an HTML page, as text: headings, paragraphs, lists and links; no scripts, styles, comments or hidden forms. One
/// pass, without a tree: a hostile page costs no more than its length. Pure.
/// </summary>
internal static class HtmlText
{
    private static readonly HashSet<string> Unread = new(StringComparer.OrdinalIgnoreCase) { "script", "style", "noscript", "template", "svg", "head", "iframe", "object", "select", "textarea", "nav", "footer" };
    private static readonly HashSet<string> Lines = new(StringComparer.OrdinalIgnoreCase)
    {
        "p", "div", "br", "tr", "table", "ul", "ol", "section", "article", "header", "main", "blockquote", "pre", "hr", "dl", "dt", "dd", "figure", "form",
    };

    /// <summary>The page's title, empty where it has none.</summary>
    public static string Title(string html)
    {
        var begin = html.IndexOf("<title", StringComparison.OrdinalIgnoreCase);
        var from = begin < 0 ? -1 : html.IndexOf('>', begin) + 1;
        var to = from <= 0 ? -1 : html.IndexOf('<', from);
        return to < 0 ? "" : WebUtility.HtmlDecode(html[from..to]).Trim().ReplaceLineEndings(" ");
    }

    /// <summary>Its text.</summary>
    public static string Of(string html)
    {
        var text = new StringBuilder(html.Length / 4);
        for (var at = 0; at < html.Length;)
        {
            var tag = html.IndexOf('<', at);
            AppendWords(text, html.AsSpan(at, (tag < 0 ? html.Length : tag) - at));
            if (tag < 0) break;
            at = SkipTag(html, tag, text);
        }
        return text.ToString().Trim();
    }

    // Past a tag, and past all that stands in it where nobody reads that.
    private static int SkipTag(string html, int tag, StringBuilder text)
    {
        if (html.AsSpan(tag).StartsWith("<!--")) return After(html, "-->", tag + 4);
        var isEnd = tag + 1 < html.Length && html[tag + 1] == '/';
        var from = tag + (isEnd ? 2 : 1);
        var to = from;
        while (to < html.Length && char.IsAsciiLetterOrDigit(html[to])) to++;
        if (to == from && !isEnd && (from >= html.Length || html[from] is not ('!' or '?')))
        {
            text.Append('<');
            return tag + 1;
        }
        var name = html[from..to];
        var end = EndOfTag(html, to);
        if (!isEnd && Unread.Contains(name)) return html[Math.Max(end - 2, 0)..end] == "/>" ? end : EndOfTag(html, Find(html, "</" + name, end));
        if (name is ['h' or 'H', >= '1' and <= '6']) text.Append(isEnd ? "\n" : $"\n\n{new string('#', name[1] - '0')} ");
        else if (name.Equals("li", StringComparison.OrdinalIgnoreCase)) text.Append(isEnd ? "" : "\n- ");
        else if (name.Equals("td", StringComparison.OrdinalIgnoreCase) || name.Equals("th", StringComparison.OrdinalIgnoreCase)) text.Append(' ');
        else if (Lines.Contains(name)) NewLine(text);
        return end;
    }

    // A quoted > does not end a tag.
    private static int EndOfTag(string html, int at)
    {
        var quote = '\0';
        for (; at < html.Length; at++)
        {
            if (quote != '\0') quote = html[at] == quote ? '\0' : quote;
            else if (html[at] is '"' or '\'') quote = html[at];
            else if (html[at] == '>') return at + 1;
        }
        return html.Length;
    }

    private static int After(string html, string mark, int at) => Math.Min(html.Length, Find(html, mark, at) + mark.Length);

    private static int Find(string html, string mark, int at)
    {
        var found = at >= html.Length ? -1 : html.IndexOf(mark, at, StringComparison.OrdinalIgnoreCase);
        return found < 0 ? html.Length : found;
    }

    private static void AppendWords(StringBuilder text, ReadOnlySpan<char> raw)
    {
        var wasSpace = text.Length == 0 || char.IsWhiteSpace(text[^1]);
        foreach (var c in WebUtility.HtmlDecode(raw.ToString()))
        {
            var isSpace = char.IsWhiteSpace(c);
            if (!isSpace) text.Append(c);
            else if (!wasSpace) text.Append(' ');
            wasSpace = isSpace;
        }
    }

    // One empty line at most.
    private static void NewLine(StringBuilder text)
    {
        while (text.Length > 0 && text[^1] == ' ') text.Length--;
        if (text.Length > 0 && !(text.Length > 1 && text[^1] == '\n' && text[^2] == '\n')) text.Append('\n');
    }
}
