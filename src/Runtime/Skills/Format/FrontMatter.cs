using System.Text;
using System.Text.Json.Nodes;

namespace Runtime.Skills.Format;

/// <summary>
/// The front matter of a SKILL.md: the part of YAML that people write there. Maps, lists, plain, quoted and block texts, the flow form
/// (<c>{"a": [b]}</c>, over several lines too, a comma at its end), comments. Every value is a text, a list or a map: there are no types to
/// be surprised by. Anchors, aliases, tags, merge keys, tabs before a line, keys twice and several documents are refused with their line
/// (docs/adr/0012). Pure.
/// </summary>
internal sealed class FrontMatter
{
    /// <summary>Longest front matter, characters.</summary>
    public const int Longest = 32 * 1024;

    private const int Deepest = 12;
    private readonly string _text;
    private readonly List<Line> _lines = [];
    private int _at;
    private int _depth;

    private FrontMatter(string text, int firstLine)
    {
        _text = text;
        var start = 0;
        for (var number = firstLine; start < text.Length; number++)
        {
            var end = text.IndexOf('\n', start) is var found and >= 0 ? found : text.Length;
            var column = start;
            while (column < end && text[column] == ' ') column++;
            _lines.Add(new Line(number, start, column - start, column, end));
            start = end + 1;
        }
    }

    /// <summary>The fields and what comes after them.</summary>
    /// <exception cref="SkillException">It is none, or something this reader does not take.</exception>
    public static (JsonObject Fields, string Body) Read(string file)
    {
        var text = file.Replace("\r\n", "\n", StringComparison.Ordinal);
        if (!text.StartsWith("---\n", StringComparison.Ordinal)) throw new SkillException("SKILL.md must begin with a line of three dashes and its front matter.");
        var end = text.IndexOf("\n---", 3, StringComparison.Ordinal);
        while (end >= 0 && end + 4 < text.Length && text[end + 4] is not ('\n' or ' ')) end = text.IndexOf("\n---", end + 4, StringComparison.Ordinal);
        if (end < 0) throw new SkillException("The front matter of SKILL.md has no end: a line of three dashes is missing.");
        if (end > Longest) throw new SkillException($"The front matter of SKILL.md has {end} characters; {Longest} are the most.");
        var after = text.IndexOf('\n', end + 1);
        return (new FrontMatter(end < 4 ? "" : text[4..end], 2).Fields(), after < 0 ? "" : text[(after + 1)..].Trim('\n'));
    }

    private JsonObject Fields()
    {
        if (!Next(out var first)) return [];
        if (first.Indent > 0) throw Fault(first, "the first line is indented");
        var fields = Map(0);
        if (Next(out var rest)) throw Fault(rest, "nothing can be read here; check how far the line is indented");
        return fields;
    }

    // What begins at the line that is next, which is indented as far as told.
    private JsonNode Node(Line line)
    {
        if (++_depth > Deepest) throw Fault(line, $"it goes deeper than {Deepest} levels");
        var node = IsItem(line) ? List(line.Indent) : _text[line.From] is '{' or '[' ? Value(line, line.From, line.Indent - 1) : HasKey(line) ? Map(line.Indent) : Value(line, line.From, line.Indent - 1);
        _depth--;
        return node;
    }

    private JsonObject Map(int indent)
    {
        var map = new JsonObject();
        while (Next(out var line) && line.Indent == indent && !IsItem(line))
        {
            var (key, value) = Key(line);
            if (map.ContainsKey(key)) throw Fault(line, $"the key {key} is there twice");
            if (map.Count >= 256) throw Fault(line, "there are more than 256 keys");
            map.Add(key, Value(line, value, indent));
        }
        if (Next(out var next) && next.Indent > indent) throw Fault(next, "it is indented further than what it belongs to");
        return map;
    }

    private JsonArray List(int indent)
    {
        var list = new JsonArray();
        while (Next(out var line) && line.Indent == indent && IsItem(line))
        {
            var from = line.From + 1;
            while (from < line.End && _text[from] == ' ') from++;
            if (from == line.End) list.Add(Value(line, from, indent));
            else
            {
                // What stands behind the dash is like a line of its own, that far in.
                _lines[_at] = line with { Indent = from - line.Start, From = from };
                list.Add(Node(_lines[_at]));
            }
        }
        return list;
    }

    // A value that begins in a line, behind its key or alone; its further lines are indented further than told.
    private JsonNode Value(Line line, int from, int indent)
    {
        while (from < line.End && _text[from] == ' ') from++;
        if (from == line.End || _text[from] == '#')
        {
            _at++;
            if (!Next(out var next)) return "";
            if (next.Indent > indent) return Node(next);
            return next.Indent == indent && IsItem(next) ? List(indent) : "";
        }
        switch (_text[from])
        {
            case '{' or '[' or '"' or '\'':
                var flow = new FlowText(_text, from, FaultAt);
                var node = flow.Read();
                while (_at < _lines.Count && _lines[_at].End < flow.End) _at++;
                if (!IsEmpty(_text.AsSpan(flow.End, Math.Max(0, _lines[_at].End - flow.End)))) throw Fault(_lines[_at], "something stands behind the end of a value");
                _at++;
                return node;
            case '|' or '>':
                return Block(line, from, indent);
            default:
                return Plain(line, from, indent);
        }
    }

    private string Block(Line line, int from, int indent)
    {
        var (isFolded, mark) = (_text[from] == '>', WithoutComment(_text.AsSpan(from + 1, line.End - from - 1)).Trim().ToString());
        if (mark is not ("" or "-" or "+")) throw Fault(line, $"a block text can begin with {_text[from]}, {_text[from]}- or {_text[from]}+ alone");
        _at++;
        var lines = new List<string>();
        var inner = -1;
        for (; _at < _lines.Count; _at++)
        {
            var one = _lines[_at];
            var isBlank = one.From == one.End;
            if (!isBlank && one.Indent <= indent) break;
            if (!isBlank && inner < 0) inner = one.Indent;
            if (!isBlank && one.Indent < inner) throw Fault(one, "a line of a block text is indented less than its first one");
            lines.Add(isBlank ? "" : _text[(one.Start + inner)..one.End]);
        }
        while (lines is [.., ""]) lines.RemoveAt(lines.Count - 1);
        return isFolded ? Fold(lines) : string.Join('\n', lines);
    }

    private string Plain(Line line, int from, int indent)
    {
        var lines = new List<string>();
        do
        {
            var one = lines.Count == 0 ? from : line.From;
            var text = WithoutComment(_text.AsSpan(one, line.End - one)).TrimEnd().ToString();
            if (text.Length == 0) throw Fault(line, "a value begins with a tab or another character that is no blank");
            if (lines.Count == 0 && text[0] is '&' or '*' or '!' or '%' or '@' or '`' or ',' or ']' or '}')
                throw Fault(line, $"a value cannot begin with {text[0]}: anchors, aliases and tags are not read; put it into quotes if it is meant as it stands");
            if (lines.Count == 0 && (text is "-" or "?" || text.StartsWith("- ", StringComparison.Ordinal) || text.StartsWith("? ", StringComparison.Ordinal))) throw Fault(line, "a list or a complex key cannot stand here");
            if (text.Contains(": ", StringComparison.Ordinal) || text.EndsWith(':')) throw Fault(line, "a value with a colon and a blank in it must be in quotes");
            lines.Add(text);
            _at++;
        } while (Next(out line) && line.Indent > indent && lines.Count < 256);
        return Fold(lines);
    }

    private (string Key, int Value) Key(Line line)
    {
        if (_text[line.From] is '"' or '\'')
        {
            var quoted = new FlowText(_text, line.From, FaultAt);
            var key = (string)quoted.Read()!;
            if (quoted.End >= line.End || _text[quoted.End] != ':') throw Fault(line, "a key's colon is missing");
            return (key, quoted.End + 1);
        }
        var colon = Colon(line);
        if (colon < 0) throw Fault(line, "this is no key with its value: a colon is missing");
        var name = _text[line.From..colon].TrimEnd();
        if (name.Length == 0 || name is "<<" || name[0] is '&' or '*' or '!' or '?' or '{' or '[' or '%' or '@' or '`' or '|' or '>') throw Fault(line, $"\"{name}\" is no key this reader takes");
        return (name, colon + 1);
    }

    private bool HasKey(Line line)
    {
        if (_text[line.From] is not ('"' or '\'')) return Colon(line) >= 0;
        var quoted = new FlowText(_text, line.From, FaultAt);
        quoted.Read();
        return quoted.End < line.End && _text[quoted.End] == ':';
    }

    private int Colon(Line line)
    {
        for (var i = line.From; i < line.End; i++)
        {
            if (_text[i] == ':' && (i + 1 == line.End || _text[i + 1] == ' ')) return i;
            if (_text[i] == '#' && i > line.From && _text[i - 1] == ' ') return -1;
        }
        return -1;
    }

    private bool IsItem(Line line) => _text[line.From] == '-' && (line.From + 1 == line.End || _text[line.From + 1] == ' ');

    // The next line that says something; blank ones and comments are passed over.
    private bool Next(out Line line)
    {
        for (line = default; _at < _lines.Count; _at++)
        {
            line = _lines[_at];
            if (line.From == line.End || _text[line.From] == '#') continue;
            if (_text[line.From] == '\t') throw Fault(line, "a line begins with a tab; only blanks can indent");
            return true;
        }
        return false;
    }

    private static bool IsEmpty(ReadOnlySpan<char> text) => text.TrimStart(' ') is var rest && (rest.Length == 0 || (rest[0] == '#' && rest.Length < text.Length));

    private static ReadOnlySpan<char> WithoutComment(ReadOnlySpan<char> text) => text.IndexOf(" #", StringComparison.Ordinal) is var at and >= 0 ? text[..at] : text;

    // Lines become blanks between words, empty lines become line ends.
    private static string Fold(List<string> lines)
    {
        var text = new StringBuilder();
        for (var i = 0; i < lines.Count; i++)
        {
            if (i > 0) text.Append(lines[i].Length == 0 ? '\n' : lines[i - 1].Length == 0 ? "" : ' ');
            text.Append(lines[i]);
        }
        return text.ToString();
    }

    private SkillException FaultAt(int offset) => Fault(_lines.FindLast(l => l.Start <= offset), "a value in quotes or brackets is not written as it must be");

    private static SkillException Fault(Line line, string what) => new($"SKILL.md, line {line.Number}: {what}.");

    // Offsets into the text: where it starts, where its words begin and end.
    private readonly record struct Line(int Number, int Start, int Indent, int From, int End);
}
