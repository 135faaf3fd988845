using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace Runtime.Skills.Format;

/// <summary>A value in quotes or brackets, as YAML's flow form and JSON have it; brackets may go over lines.</summary>
/// <param name="text">Where it is.</param>
/// <param name="from">Where it begins.</param>
/// <param name="fault">Makes the error for a place.</param>
internal sealed class FlowText(string text, int from, Func<int, SkillException> fault)
{
    private const int Deepest = 12;
    private int _depth;

    /// <summary>Where it ends, once it was read.</summary>
    public int End { get; private set; } = from;

    /// <summary>Reads it.</summary>
    /// <exception cref="SkillException">It is not well formed.</exception>
    public JsonNode Read() => Peek() switch
    {
        '{' => Map(),
        '[' => List(),
        '"' => Double(),
        '\'' => Single(),
        _ => Plain(),
    };

    private JsonObject Map()
    {
        Open();
        var map = new JsonObject();
        while (Skip() != '}')
        {
            var key = Peek() is '"' ? Double() : Peek() is '\'' ? Single() : Plain();
            if (Skip() != ':') throw fault(End);
            End++;
            Skip();
            if (map.ContainsKey(key) || map.Count >= 256) throw fault(End);
            map.Add(key, Read());
            Comma('}');
        }
        Close();
        return map;
    }

    private JsonArray List()
    {
        Open();
        var list = new JsonArray();
        while (Skip() != ']')
        {
            list.Add(Read());
            Comma(']');
        }
        Close();
        return list;
    }

    private void Open()
    {
        if (++_depth > Deepest) throw fault(End);
        End++;
    }

    private void Close()
    {
        _depth--;
        End++;
    }

    private void Comma(char close)
    {
        if (Skip() == ',') End++;
        else if (Peek() != close) throw fault(End);
    }

    private string Double()
    {
        var value = new StringBuilder();
        for (End++; Peek() != '"'; End++)
        {
            if (Peek() == '\n') FoldLine(value);
            else if (Peek() == '\\')
            {
                End++;
                value.Append(Escaped());
            }
            else value.Append(Peek());
        }
        End++;
        return Whole(value);
    }

    private char Escaped()
    {
        switch (Peek())
        {
            case 'n': return '\n';
            case 't': return '\t';
            case 'r': return '\r';
            case '"' or '\\' or '/' or ' ': return Peek();
            case 'u' when End + 4 < text.Length && ushort.TryParse(text.AsSpan(End + 1, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code):
                End += 4;
                return (char)code;
            default: throw fault(End);
        }
    }

    private string Single()
    {
        var value = new StringBuilder();
        for (End++; ; End++)
        {
            if (Peek() == '\n') FoldLine(value);
            else if (Peek() != '\'') value.Append(Peek());
            else if (End + 1 < text.Length && text[End + 1] == '\'') value.Append(text[End++]);
            else break;
        }
        End++;
        return value.ToString();
    }

    private string Plain()
    {
        var begin = End;
        while (Peek() is not (',' or ']' or '}' or '{' or '[' or '\n' or '"' or '\'' or '#') && !(Peek() == ':' && (End + 1 >= text.Length || text[End + 1] is ' ' or '\n' or ',' or '}' or ']'))) End++;
        var value = text[begin..End].Trim();
        return value.Length > 0 && value[0] is not ('&' or '*' or '!' or '?' or '|' or '>' or '%' or '@' or '`') ? value : throw fault(begin);
    }

    // A line end in quotes is a blank, whatever blanks stand around it.
    private void FoldLine(StringBuilder value)
    {
        while (value.Length > 0 && value[^1] == ' ') value.Length--;
        value.Append(' ');
        while (End + 1 < text.Length && text[End + 1] == ' ') End++;
    }

    // Half a character cannot be written anywhere.
    private string Whole(StringBuilder value)
    {
        var whole = value.ToString();
        for (var i = 0; i < whole.Length; i++)
        {
            if (!char.IsSurrogate(whole[i])) continue;
            if (!char.IsHighSurrogate(whole[i]) || i + 1 == whole.Length || !char.IsLowSurrogate(whole[++i])) throw fault(End);
        }
        return whole;
    }

    private char Skip()
    {
        while (Peek() is ' ' or '\n' or '\t' || (Peek() == '#' && text[End - 1] is ' ' or '\n'))
        {
            if (Peek() == '#') while (Peek() != '\n') End++;
            else End++;
        }
        return Peek();
    }

    private char Peek() => End < text.Length ? text[End] : throw fault(text.Length);
}
