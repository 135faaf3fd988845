using System.Text.Json.Nodes;
using Runtime.Skills;
using Runtime.Skills.Format;
using TestKit;

namespace Runtime.Tests.Skills;

public sealed class FrontMatterTests
{
    private const string Odd = "\n\t :-#\"'{}[],|>&\ud800";

    [Theory]
    [InlineData("a: b", """{"a":"b"}""")]
    [InlineData("a:  b c  # why", """{"a":"b c"}""")]
    [InlineData("a: b\n  c\n  d\ne: f", """{"a":"b c d","e":"f"}""")]
    [InlineData("a: \"x: \\\"y\\\" \\u00e9\"\nb: 'it''s'", """{"a":"x: \"y\" é","b":"it's"}""")]
    [InlineData("a: |\n  one\n   two\n\n  three\nb: >-\n  one\n  two\n\n  three", """{"a":"one\n two\n\nthree","b":"one two\nthree"}""")]
    [InlineData("a:\n  b:\n    c: d\n  e: f\ng:", """{"a":{"b":{"c":"d"},"e":"f"},"g":""}""")]
    [InlineData("a:\n- b\n- c: d\n  e: f\n-\n  - g", """{"a":["b",{"c":"d","e":"f"},["g"]]}""")]
    [InlineData("a:\n  - b # x\n# y\n  - [c, \"d\", {e: f}]", """{"a":["b",["c","d",{"e":"f"}]]}""")]
    [InlineData("a: {\"b\": {\"c\": [\"d\"]}, }", """{"a":{"b":{"c":["d"]}}}""")]
    [InlineData("a:\n  {\n    \"b\":\n      { \"c\": [ \"d\", ], },\n  }\ne: f", """{"a":{"b":{"c":["d"]}},"e":"f"}""")]
    [InlineData("a: true\nb: 010\nc: ~\nd: 2026-01-01\n\"e f\": no", """{"a":"true","b":"010","c":"~","d":"2026-01-01","e f":"no"}""")]
    [InlineData("a: https://x.y/z#w\nb: c:d", """{"a":"https://x.y/z#w","b":"c:d"}""")]
    [InlineData("a: \"one\n  two\"", """{"a":"one two"}""")]
    [InlineData("", "{}")]
    public void Read_WhatPeopleWrite_IsWhatTheyMean(string yaml, string json) =>
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(json), Read(yaml)), Read(yaml).ToJsonString());

    // skill-02: anchors that grow, tags that make objects, keys twice: a line says what is wrong.
    [Theory]
    [InlineData("a: &x [b]", 2)]
    [InlineData("a: b\nc: *x", 3)]
    [InlineData("a: !!python/object:os.system x", 2)]
    [InlineData("<<: {a: b}", 2)]
    [InlineData("a: b\na: c", 3)]
    [InlineData("{a: b, a: c}: d", 2)]
    [InlineData("a: {b: c, b: d}", 2)]
    [InlineData("\ta: b", 2)]
    [InlineData("a:\n\tb: c", 3)]
    [InlineData("a: b: c", 2)]
    [InlineData("a: \"b", 2)]
    [InlineData("a: [b", 2)]
    [InlineData("a: [b] c", 2)]
    [InlineData("a: \"\\ud800\"", 2)]
    [InlineData("a: \"\\x41\"", 2)]
    [InlineData("a:\n    b: c\n  d: e", 4)]
    [InlineData("? a\n: b", 2)]
    [InlineData("- a", 2)]
    [InlineData("just text", 2)]
    [InlineData("a: [[[[[[[[[[[[[[[[[[[[x]]]]]]]]]]]]]]]]]]]]", 2)]
    [InlineData("a: |2\n  b", 2)]
    public void Read_WhatThisReaderDoesNotTake_NamesTheLine(string yaml, int line) =>
        Assert.Contains($"line {line}:", Assert.Throws<SkillException>(() => Read(yaml)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("")]
    [InlineData("name: x")]
    [InlineData("---\nname: x")]
    [InlineData(" ---\nname: x\n---\n")]
    public void Read_WithoutFrontMatter_IsRefused(string file) => Assert.Throws<SkillException>(() => FrontMatter.Read(file));

    [Fact]
    public void Read_TenMegabytes_IsRefusedAtOnce() =>
        Assert.Contains("are the most", Assert.Throws<SkillException>(() => FrontMatter.Read("---\na: " + new string('x', 10 << 20) + "\n---\n")).Message, StringComparison.Ordinal);

    [Fact]
    public void Read_Body_IsAllThatComesAfter() => Assert.Equal("# Title\n---\nmore", FrontMatter.Read("---\r\na: b\r\n---\r\n\r\n# Title\r\n---\r\nmore\r\n").Body);

    // What was written by rules is read as it was meant; whatever a mutation makes of it is read or refused, and never anything else.
    [Fact]
    public void Read_RandomTreesAndMutations_AreReadOrRefused()
    {
        var random = new SeededRandom(5);
        var (whole, refused) = (0, 0);
        for (var round = 0; round < 3000; round++)
        {
            var tree = Map(random, 0);
            var yaml = Write(tree, 0);
            Assert.True(JsonNode.DeepEquals(tree, Read(yaml)), $"{yaml}\n{tree.ToJsonString()}");
            for (var i = 0; i < 5; i++)
            {
                try
                {
                    Read(Mutate(random, yaml));
                    whole++;
                }
                catch (SkillException)
                {
                    refused++;
                }
            }
        }
        Assert.True(whole > 500 && refused > 500, $"{whole} {refused}");
        Console.WriteLine($"figure: skill front matter: {whole + refused} mutations of 3000 trees, {refused} refused with a line, none with another error");
    }

    private static JsonObject Read(string yaml) => FrontMatter.Read($"---\n{yaml}\n---\nbody").Fields;

    private static JsonObject Map(SeededRandom random, int depth)
    {
        var map = new JsonObject();
        for (var i = random.Next(4) + 1; i > 0; i--) map[$"k{i}{Text(random).Replace(':', '_')}"] = Node(random, depth + 1);
        return map;
    }

    private static JsonNode Node(SeededRandom random, int depth) => depth > 4 ? Text(random) : random.Next(4) switch
    {
        0 => Map(random, depth),
        1 => new JsonArray([.. Enumerable.Range(0, random.Next(3) + 1).Select(_ => Node(random, depth + 1))]),
        _ => Text(random),
    };

    private static string Text(SeededRandom random) => new([.. Enumerable.Range(0, random.Next(8) + 1).Select(_ => "ab:#-é\"'\\{}[],&*!|>?% 7"[random.Next(23)])]);

    // The three forms by turns: nested lines, JSON, quotes.
    private static string Write(JsonNode node, int indent) => node switch
    {
        JsonObject map => string.Join('\n', map.Select(f => $"{new string(' ', indent)}{Quote(f.Key)}:{Value(f.Value!, indent)}")),
        JsonArray list => string.Join('\n', list.Select(i => $"{new string(' ', indent)}-{(i is JsonValue ? " " + Quote((string)i!) : "\n" + Write(i!, indent + 2))}")),
        _ => Quote((string)node!),
    };

    private static string Value(JsonNode node, int indent) => node is JsonValue ? " " + Quote((string)node!) : indent % 4 == 2 ? " " + Flow(node) : "\n" + Write(node, indent + 2);

    private static string Flow(JsonNode node) => node switch
    {
        JsonObject map => $"{{{string.Join(", ", map.Select(f => $"{Quote(f.Key)}: {Flow(f.Value!)}"))}}}",
        JsonArray list => $"[{string.Join(",\n          ", list.Select(i => Flow(i!)))}]",
        _ => Quote((string)node!),
    };

    private static string Quote(string text) => text.Length % 2 == 0 ? $"'{text.Replace("'", "''")}'" : $"\"{text.Replace("\\", "\\\\").Replace("\"", "\\\"")}\"";

    private static string Mutate(SeededRandom random, string text)
    {
        var chars = text.ToList();
        for (var i = random.Next(3) + 1; i > 0 && chars.Count > 0; i--)
        {
            var at = random.Next(chars.Count);
            switch (random.Next(3))
            {
                case 0: chars.RemoveAt(at); break;
                case 1: chars.Insert(at, Odd[random.Next(Odd.Length)]); break;
                default: chars.RemoveRange(at, Math.Min(random.Next(9), chars.Count - at)); break;
            }
        }
        return new string([.. chars]);
    }
}
