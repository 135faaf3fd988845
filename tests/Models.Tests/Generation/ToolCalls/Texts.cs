using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Models.Generation.ToolCalls;

namespace Models.Tests.Generation.ToolCalls;

/// <summary>Random calls, answers and cuttings.</summary>
internal static class Texts
{
    public static ToolCallFormat[] Formats { get; } =
    [
        ToolCallFormat.Plain, ToolCallFormat.Hermes, ToolCallFormat.Llama3, ToolCallFormat.Phi4, ToolCallFormat.Mistral,
        ToolCallFormat.MistralArgs, ToolCallFormat.Harmony,
        .. new[] { "<tool_call>", "<|python_tag|>", "[TOOL_CALLS][ARGS]" }.Select(t => ToolCallFormat.Detect(t + "</think>", _ => null)),
    ];

    public static ToolCallFormat Format(string name) => Formats.First(f => f.Name == name);

    private static readonly Gen<string> Word = Gen.Elements(
        "a", "", " ", "\"", "\\", "\n", "{", "}", "[", "]", ":", ",",
        "naïve", "東京", "🗼", "👩‍👩‍👧", "</tool_call>", "<|call|>", "<|end|>", "[ARGS]", "Привет", "مرحبا", "\u0001");

    private static readonly Gen<string> Text = Word.ListOf().Select(words => string.Concat(words.Take(6)));

    private static readonly Gen<string> Value = Gen.Sized(size => ValueOf(Math.Min(size, 12)));

    /// <summary>A JSON object.</summary>
    public static Gen<string> Arguments { get; } = ObjectOf(Value);

    /// <summary>One to four calls.</summary>
    public static Gen<(string Name, string Arguments)[]> Calls { get; } =
        from count in Gen.Choose(1, 4)
        from names in Gen.Elements("f", "get_weather", "list-files", "a.b", "x1").ArrayOf(count)
        from arguments in Arguments.ArrayOf(count)
        select names.Zip(arguments).ToArray();

    /// <summary>Pieces of every format's answers, in any order: mostly broken answers.</summary>
    public static Gen<string> Answers { get; } =
        from pieces in Gen.OneOf(
            Word,
            Word,
            Gen.Elements(
                Formats.SelectMany(f => f.Marks)
                    .Concat(Formats.SelectMany(f => f.Calls)
                        .SelectMany(c => new[] { c.Open, c.BeforeName, c.BeforeArguments, c.AfterArguments, c.Close }))
                    .Concat([
                        "{\"name\": \"f\", \"arguments\": {\"a\": ", "\"parameters\": {}", "\"arguments\": \"{\\\"a\\\":", "functools",
                        "to=functions.f", "final", "analysis", "; ", "\\ud83d", "0", "1e", "true", "null", "<", "<|", "  \n \t ",
                    ])
                    .Where(text => text.Length > 0).Distinct().ToArray()),
            Arguments).ListOf()
        select string.Concat(pieces);

    /// <summary>Lengths of pieces, to be used in turn.</summary>
    public static Gen<int[]> Cuts { get; } = from first in Gen.Choose(1, 9) from more in Gen.Choose(1, 30).ListOf() select (int[])[first, .. more];

    public static IEnumerable<string> Cut(string text, int[] cuts)
    {
        for (int at = 0, i = 0; at < text.Length; i++)
        {
            var length = Math.Min(cuts[i % cuts.Length], text.Length - at);
            yield return text.Substring(at, length);
            at += length;
        }
    }

    /// <summary>A well-formed answer of a format with one piece removed, doubled, moved or overwritten.</summary>
    public static Gen<string> Broken(ToolCallFormat format)
    {
        var whole =
            from calls in Calls
            from syntax in Gen.Elements(format.Calls.DefaultIfEmpty(ToolCallFormat.Hermes.Calls[0]).ToArray())
            from text in Text
            from thought in Text
            let written = syntax.Write(syntax.Separator is null ? [calls[0]] : calls)
            select (format.Reasoning is { } r ? $"{r.Begin}{thought}{r.End}" : "") + text + written;
        return
            from text in whole
            from at in Gen.Choose(0, text.Length)
            from length in Gen.Choose(0, Math.Min(12, text.Length - at))
            from to in Gen.Choose(0, text.Length)
            from noise in Word
            from how in Gen.Choose(0, 4)
            select how switch
            {
                0 => text.Remove(at, length),
                1 => text.Insert(to, text.Substring(at, length)),
                2 => text.Remove(at, length).Insert(at, noise),
                3 => text[..at],
                _ => text,
            };
    }

    private static Gen<string> ValueOf(int size)
    {
        var leaf = Gen.OneOf(
            Text.Select(text => JsonSerializer.Serialize(text)),
            Gen.Elements("0", "-1.5e+3", "12345678901234567890", "true", "false", "null", "{}", "[]", "[ ]"));
        if (size < 2) return leaf;
        var smaller = ValueOf(size / 2);
        return Gen.OneOf(
            leaf,
            ObjectOf(smaller),
            from items in smaller.ListOf() from comma in Gen.Elements(",", ", ", "\n, ") select $"[{string.Join(comma, items.Take(4))}]");
    }

    private static Gen<string> ObjectOf(Gen<string> value) =>
        from members in (from key in Text from item in value select (key, item)).ListOf()
        from colon in Gen.Elements(":", ": ", " :\n")
        select "{" + string.Join(", ", members.Take(4).Select(m => JsonSerializer.Serialize(m.key) + colon + m.item)) + "}";
}
