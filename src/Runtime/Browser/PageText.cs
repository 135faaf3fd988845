using System.Text;
using System.Text.Json;
using Runtime.Browser.Cdp;

namespace Runtime.Browser;

/// <summary>
/// A page as a person who cannot see it has it: the browser's accessibility tree as text, with a number before everything that can be used.
/// What is hidden from people is not in it. Bounded in length, depth and numbers, whatever the page holds. Pure.
/// </summary>
internal sealed class PageText
{
    /// <summary>Longest text, characters.</summary>
    public const int Longest = 10_000;

    private const int MostElements = 300, LongestName = 120, Deepest = 400;

    private static readonly HashSet<string> Usable = new(StringComparer.Ordinal)
    {
        "link", "button", "textbox", "searchbox", "combobox", "checkbox", "radio", "switch", "menuitem", "menuitemcheckbox", "menuitemradio", "tab", "option", "slider", "spinbutton", "listbox", "treeitem",
        "DisclosureTriangle", "PopUpButton",
    };

    private static readonly HashSet<string> Lines = new(StringComparer.Ordinal)
    {
        "paragraph", "heading", "listitem", "row", "list", "table", "form", "article", "section", "main", "navigation", "banner", "contentinfo", "region", "group", "blockquote", "figure", "separator", "LineBreak", "dialog", "alert", "term", "definition",
        "LabelText", "Iframe", "generic",
    };

    private readonly Dictionary<string, JsonElement> _nodes = new(StringComparer.Ordinal);
    private readonly StringBuilder _text = new();
    private readonly List<PageElement> _elements = [];

    private PageText(JsonElement tree)
    {
        JsonElement? root = null;
        foreach (var node in tree.Items("nodes"))
        {
            if (node.Text("nodeId") is not { } id) continue;
            _nodes.TryAdd(id, node);
            root ??= node;
        }
        if (root is { } first) Walk(first, 0);
    }

    /// <summary>The text.</summary>
    public string Text => _text.ToString().Trim();

    /// <summary>What can be used, by its number less one.</summary>
    public IReadOnlyList<PageElement> Elements => _elements;

    /// <summary>Reads an answer of <c>Accessibility.getFullAXTree</c>.</summary>
    public static PageText Of(JsonElement tree) => new(tree);

    /// <summary>A node as something to use: its role and name, as they are in the text.</summary>
    public static PageElement Element(JsonElement node) => new(node.Number("backendDOMNodeId") ?? 0, node.Value("role") ?? "", OneLine(node.Value("name") ?? ""), Property(node, "url"));

    private void Walk(JsonElement node, int depth)
    {
        if (_text.Length > Longest)
        {
            if (_text[^1] != ']') _text.Append("\n[… the page goes on; snapshot with a text finds what is further down …]");
            return;
        }
        var (role, ignored) = (node.Value("role") ?? "", node.Member("ignored") is { ValueKind: JsonValueKind.True });
        if (!ignored && Usable.Contains(role) && Property(node, "hidden") != "true")
        {
            AddElement(node, role);
            // What is written on it has been told.
            if (role is not ("listbox" or "treeitem")) return;
        }
        else if (!ignored && role == "StaticText") AddWords(node.Value("name") ?? "");
        else if (!ignored && role is "image" or "img" && OneLine(node.Value("name") ?? "") is { Length: > 0 } seen) AddWords($"(picture: {seen})");
        var breaks = !ignored && Lines.Contains(role);
        if (breaks) NewLine();
        if (role == "heading") _text.Append(new string('#', int.TryParse(Property(node, "level"), out var level) ? Math.Clamp(level, 1, 6) : 1)).Append(' ');
        else if (role == "listitem") _text.Append("- ");
        else if (role is "cell" or "gridcell" or "columnheader" or "rowheader") _text.Append(" | ");
        if (depth < Deepest && role is not ("StaticText" or "InlineTextBox"))
        {
            foreach (var child in node.Items("childIds"))
                if (child.GetString() is { } id && _nodes.Remove(id, out var next)) Walk(next, depth + 1);
        }
        if (breaks) NewLine();
    }

    private void AddElement(JsonElement node, string role)
    {
        if (_elements.Count >= MostElements) return;
        var element = Element(node);
        _elements.Add(element);
        if (role is not ("link" or "option")) NewLine();
        var state = Property(node, "checked") is "true" or "mixed" ? " (checked)" : Property(node, "selected") == "true" ? " (selected)" : Property(node, "disabled") == "true" ? " (disabled)" : "";
        var value = node.Value("value") is { Length: > 0 } is_ ? $" = \"{OneLine(is_)}\"" : "";
        AddWords($"[{_elements.Count}] {role} \"{element.Name}\"{value}{state}");
        if (role is not ("link" or "option")) NewLine();
    }

    private void AddWords(string words)
    {
        if (words.Length == 0) return;
        if (_text.Length > 0 && !char.IsWhiteSpace(_text[^1]) && !char.IsPunctuation(words[0])) _text.Append(' ');
        _text.Append(words.ReplaceLineEndings(" "));
    }

    private void NewLine()
    {
        while (_text.Length > 0 && _text[^1] == ' ') _text.Length--;
        if (_text.Length > 0 && _text[^1] != '\n') _text.Append('\n');
    }

    private static string? Property(JsonElement node, string name)
    {
        foreach (var property in node.Items("properties"))
            if (property.Text("name") == name) return property.Value("value");
        return null;
    }

    private static string OneLine(string text) => Tools.Bounded.Begin(string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)), LongestName);
}
