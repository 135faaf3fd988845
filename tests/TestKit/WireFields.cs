using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace TestKit;

/// <summary>
/// OpenClaw's wire objects as the reference folder's FIELDS-2026.9.6.md has them: names, optionality and limits, in a notation of its own
/// (<c>{ name: string{len≤64}, more?: [integer] | null }</c>). Validates JSON against them and says where it differs.
/// </summary>
public sealed class WireFields
{
    /// <summary>The file, for <see cref="SharedFactAttribute"/>.</summary>
    public const string File = "protocol/FIELDS-2026.9.6.md";

    private readonly Dictionary<string, string> _texts = [];
    private readonly HashSet<string> _closed = [];

    private WireFields() { }

    /// <summary>Reads the reference.</summary>
    public static WireFields Read()
    {
        var fields = new WireFields();
        foreach (var line in System.IO.File.ReadLines(Shared.Find(File.Split('/'))!))
        {
            var match = Regex.Match(line, @"^- \*\*(\w+)\*\*( \(closed\))?: (.+)$");
            if (!match.Success) continue;
            fields._texts[match.Groups[1].Value] = match.Groups[3].Value;
            if (match.Groups[2].Success) fields._closed.Add(match.Groups[1].Value);
        }
        return fields;
    }

    /// <summary>How many objects there are.</summary>
    public int Count => _texts.Count;

    /// <summary>True where the reference has an object of that name.</summary>
    public bool Has(string name) => _texts.ContainsKey(name);

    /// <summary>The name of a method's result: <c>sessions.groups.list</c> is <c>SessionsGroupsListResult</c>.</summary>
    public static string ResultOf(string method) => string.Concat(method.Split('.', '-').Select(part => char.ToUpperInvariant(part[0]) + part[1..])) + "Result";

    /// <summary>What is wrong with a value; empty where nothing is.</summary>
    public IReadOnlyList<string> Validate(string name, JsonElement value)
    {
        var parser = new Parser(_texts[name]);
        var faults = parser.Type().Check(value, name);
        // An object that is not closed may have more fields than are written down.
        return _closed.Contains(name) ? faults : [.. faults.Where(f => !(f.StartsWith($"{name}: '", StringComparison.Ordinal) && f.EndsWith("is none of its fields", StringComparison.Ordinal)))];
    }

    private abstract class Shape
    {
        public abstract IReadOnlyList<string> Check(JsonElement value, string at);

        protected static IReadOnlyList<string> Fault(string at, string fault) => [$"{at}: {fault}"];
    }

    private sealed class AnyShape : Shape
    {
        public override IReadOnlyList<string> Check(JsonElement value, string at) => [];
    }

    private sealed class Literal(JsonElement expected) : Shape
    {
        public override IReadOnlyList<string> Check(JsonElement value, string at) =>
            JsonElement.DeepEquals(value, expected) ? [] : Fault(at, $"must be {expected.GetRawText()} and is {Short(value)}");
    }

    private sealed class Primitive(string kind, string limits) : Shape
    {
        public override IReadOnlyList<string> Check(JsonElement value, string at) => kind switch
        {
            "string" when value.ValueKind != JsonValueKind.String => Fault(at, $"must be a string and is {Short(value)}"),
            "string" when Limit("len≤") is { } most && value.GetString()!.Length > most => Fault(at, $"is longer than {most}"),
            "integer" when value.ValueKind != JsonValueKind.Number || value.GetDouble() != Math.Floor(value.GetDouble()) => Fault(at, $"must be an integer and is {Short(value)}"),
            "number" when value.ValueKind != JsonValueKind.Number => Fault(at, $"must be a number and is {Short(value)}"),
            "integer" or "number" when Limit("≥") is { } least && value.GetDouble() < least => Fault(at, $"is below {least}"),
            "integer" or "number" when Limit("≤") is { } most && value.GetDouble() > most => Fault(at, $"is above {most}"),
            "boolean" when value.ValueKind is not (JsonValueKind.True or JsonValueKind.False) => Fault(at, $"must be a boolean and is {Short(value)}"),
            _ => [],
        };

        private double? Limit(string sign) => Regex.Match(limits, $"(?:^|,){sign}([0-9]+)") is { Success: true } match ? double.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture) : null;
    }

    private sealed class ListOf(Shape item) : Shape
    {
        public override IReadOnlyList<string> Check(JsonElement value, string at) => value.ValueKind != JsonValueKind.Array ? Fault(at, $"must be a list and is {Short(value)}")
            : [.. value.EnumerateArray().SelectMany((v, i) => item.Check(v, $"{at}[{i}]"))];
    }

    private sealed class MapOf(Shape item) : Shape
    {
        public override IReadOnlyList<string> Check(JsonElement value, string at) => value.ValueKind != JsonValueKind.Object ? Fault(at, $"must be an object and is {Short(value)}")
            : [.. value.EnumerateObject().SelectMany(p => item.Check(p.Value, $"{at}.{p.Name}"))];
    }

    /// <summary>An object; of an abbreviated one, <c>{a,b}</c>, only the names are known.</summary>
    private sealed class ObjectOf(Dictionary<string, (Shape Shape, bool Optional)> fields) : Shape
    {
        public override IReadOnlyList<string> Check(JsonElement value, string at)
        {
            if (value.ValueKind != JsonValueKind.Object) return Fault(at, $"must be an object and is {Short(value)}");
            var faults = new List<string>();
            foreach (var (name, field) in fields)
            {
                if (value.TryGetProperty(name, out var inner)) faults.AddRange(field.Shape.Check(inner, $"{at}.{name}"));
                else if (!field.Optional) faults.Add($"{at}: '{name}' is missing");
            }
            faults.AddRange(value.EnumerateObject().Where(p => !fields.ContainsKey(p.Name)).Select(p => $"{at}: '{p.Name}' is none of its fields"));
            return faults;
        }
    }

    private sealed class OneOf(IReadOnlyList<Shape> shapes) : Shape
    {
        public override IReadOnlyList<string> Check(JsonElement value, string at)
        {
            var faults = shapes.Select(shape => shape.Check(value, at)).ToArray();
            return faults.Any(f => f.Count == 0) ? [] : faults.MinBy(f => f.Count)!;
        }
    }

    private static string Short(JsonElement value) => value.GetRawText() is { Length: > 60 } text ? text[..60] + "…" : value.GetRawText();

    private sealed class Parser(string text)
    {
        private int _at;

        public Shape Type()
        {
            var alternatives = new List<Shape> { Term() };
            while (true)
            {
                Space();
                if (Take('|')) alternatives.Add(Term());
                // Of an intersection the first part is looked at.
                else if (Take('&')) Term();
                else return alternatives.Count == 1 ? alternatives[0] : new OneOf(alternatives);
            }
        }

        private Shape Term()
        {
            Space();
            if (Take('{')) return Object();
            if (Take('['))
            {
                var item = Type();
                Expect(']');
                Limits();
                return new ListOf(item);
            }
            if (text[_at] == '"')
            {
                var end = text.IndexOf('"', _at + 1);
                var literal = new Literal(JsonElement.Parse(text[_at..(end + 1)]));
                _at = end + 1;
                return literal;
            }
            // The reference cuts long lists of words short.
            if (Take('…')) return new AnyShape();
            var word = Word();
            if (word == "map")
            {
                Expect('<');
                var item = Type();
                Expect('>');
                return new MapOf(item);
            }
            var limits = Limits();
            return word switch
            {
                "string" or "integer" or "number" or "boolean" => new Primitive(word, limits),
                "true" or "false" or "null" => new Literal(JsonElement.Parse(word)),
                _ when double.TryParse(word, CultureInfo.InvariantCulture, out _) => new Literal(JsonElement.Parse(word)),
                _ => new AnyShape(),
            };
        }

        private ObjectOf Object()
        {
            var fields = new Dictionary<string, (Shape, bool)>();
            for (Space(); !Take('}'); Space())
            {
                var name = text[_at] == '"' ? Quoted() : Word();
                var optional = Take('?');
                Space();
                fields[name] = Take(':') ? (Type(), optional) : (new AnyShape(), true);
                Space();
                Take(',');
            }
            return new ObjectOf(fields);
        }

        private string Quoted()
        {
            var end = text.IndexOf('"', _at + 1);
            var quoted = text[(_at + 1)..end];
            _at = end + 1;
            return quoted;
        }

        private string Word()
        {
            var from = _at;
            while (_at < text.Length && (char.IsLetterOrDigit(text[_at]) || text[_at] is '_' or '$' or '-' or '.' or '/')) _at++;
            return _at > from ? text[from.._at] : throw new FormatException($"no word at {_at}: {text[_at..Math.Min(text.Length, _at + 40)]}");
        }

        // Limits stand in braces right behind, patterns with braces of their own among them.
        private string Limits()
        {
            if (_at >= text.Length || text[_at] != '{') return "";
            var (from, depth) = (_at + 1, 0);
            do
            {
                if (text[_at] == '{') depth++;
                if (text[_at] == '}') depth--;
                _at++;
            }
            while (depth > 0);
            return text[from..(_at - 1)];
        }

        private void Space()
        {
            while (_at < text.Length && text[_at] == ' ') _at++;
        }

        private bool Take(char c)
        {
            if (_at >= text.Length || text[_at] != c) return false;
            _at++;
            return true;
        }

        private void Expect(char c)
        {
            Space();
            if (!Take(c)) throw new FormatException($"{c} expected at {_at}: {text[_at..Math.Min(text.Length, _at + 40)]}");
        }
    }
}
