using System.Globalization;
using System.Text;
using TestKit;

namespace Appliance.Tests.Config;

/// <summary>Random texts that are JSON with comments and trailing commas, and random trees for them.</summary>
internal sealed class RandomConfigs(ulong seed)
{
    private static readonly string[] Names = ["gateway", "port", "bind", "token", "models", "default", "keepAlive", "a", "b c", "x.y", "é", "", "0", "$schema", "\\n\\\"", "toString"];
    private readonly SeededRandom _random = new(seed);

    /// <summary>A whole file.</summary>
    public string File() => Blank() + Object(0) + Blank();

    /// <summary>A value.</summary>
    public string Value(int depth) => _random.Next(depth > 3 ? 6 : 8) switch
    {
        0 => "null",
        1 => "true",
        2 => "false",
        3 => _random.Next(100_000).ToString(CultureInfo.InvariantCulture),
        4 => "-1.5e3",
        5 => $"\"{Text()}\"",
        6 => Object(depth + 1),
        _ => List(depth + 1),
    };

    public int Next(int end) => _random.Next(end);

    public string Blank()
    {
        var text = new StringBuilder();
        for (var i = _random.Next(4); i > 0; i--) text.Append(_random.Next(6) switch { 0 => " ", 1 => "\n", 2 => "\t", 3 => "// a \"comment\", { token: x }\n", 4 => "/* two\n lines */", _ => "\r\n" });
        return text.ToString();
    }

    private string Object(int depth)
    {
        var names = Enumerable.Range(0, _random.Next(4)).Select(_ => Names[_random.Next(Names.Length)]).Distinct();
        return Enclose('{', '}', [.. names.Select(name => $"\"{name}\"{(_random.Next(2) == 0 ? "" : "\n ")}:{Blank()}{Value(depth)}")]);
    }

    private string List(int depth) => Enclose('[', ']', [.. Enumerable.Range(0, _random.Next(4)).Select(_ => Value(depth))]);

    private string Enclose(char open, char close, string[] items)
    {
        var text = new StringBuilder().Append(open).Append(Blank()).AppendJoin(",", items.Select(item => Blank() + item + Blank()));
        if (items.Length > 0 && _random.Next(3) == 0) text.Append(',').Append(Blank());
        return text.Append(close).ToString();
    }

    private string Text() => string.Concat(Enumerable.Range(0, _random.Next(5)).Select(_ => _random.Next(6) switch { 0 => "\\u00e9", 1 => "ß", 2 => "//", 3 => "\\\"", 4 => "}", _ => "x" }));
}
