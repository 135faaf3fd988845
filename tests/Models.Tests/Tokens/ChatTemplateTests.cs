using System.Text.Json.Nodes;
using Models.Tokens;
using TestKit;

namespace Models.Tests.Tokens;

public sealed partial class ChatTemplateTests
{
    private static readonly JsonObject Conversations = GoldenRendering.Read("conversations.json").AsObject();
    private static readonly JsonObject Renderings = GoldenRendering.Read("conversations.golden.json").AsObject();

    public static TheoryData<string> Templates => [.. Renderings.Select(template => template.Key)];

    [SharedTheory("tokenizers")]
    [MemberData(nameof(Templates))]
    public void Render_PublishedTemplate_AsJinja2(string path)
    {
        var source = ReadTemplate(path);
        Assert.All(Renderings[path]!.AsObject(), rendering => GoldenRendering.AssertSame(rendering.Value!, source, Conversations[rendering.Key]!.AsObject()));
    }

    [Fact]
    public void Render_Snippet_AsJinja2()
    {
        var variables = GoldenRendering.Read("snippets.json")["variables"]!.AsObject();
        Assert.All(GoldenRendering.Read("snippets.golden.json").AsArray(), snippet => GoldenRendering.AssertSame(snippet!, (string)snippet!["template"]!, variables));
    }

    [Theory]
    [InlineData("{% include 'a' %}", "'include'")]
    [InlineData("{% do x.append(1) %}", "'do'")]
    [InlineData("{% for x in y recursive %}{% endfor %}", "'recursive'")]
    [InlineData("{{ x | xmlattr }}", "'xmlattr'")]
    [InlineData("{{ x | map('xmlattr') | list }}", "'xmlattr'")]
    [InlineData("{{ x | selectattr('a', 'curly') }}", "'curly'")]
    [InlineData("{{ x is curly }}", "'curly'")]
    [InlineData("{{ x.encode('utf-8') }}", "'encode'")]
    [InlineData("{{ cycler('a', 'b') }}", "'cycler'")]
    [InlineData("{{ '{:>5}'.format(x) }}", "format specification")]
    [InlineData("{{ '\\N{DASH}' }}", "\\N")]
    public void Parse_WhatTheSubsetLacks_IsNamedWithItsLine(string source, string name)
    {
        var error = Assert.Throws<TemplateException>(() => ChatTemplate.Parse("first line\n" + source));
        Assert.Contains("line 2", error.Message);
        Assert.Contains(name, error.Message);
    }

    [Theory]
    [InlineData("{{ 1 +\n}}", "line 2")]
    [InlineData("a\n{#\n\n#}\n{%- if x %}", "line 5")]
    [InlineData("{% if not x %}\n{{ x.y.z }}{% endif %}", "line 2")]
    [InlineData("{% macro m() %}\n{{ none + 1 }}{% endmacro %}\n\n{{ m() }}", "line 2")]
    [InlineData("{% macro m() %}\n{% endmacro %}\n{{ m() + none }}", "line 3")]
    public void Render_Error_NamesItsLine(string source, string line) =>
        Assert.Contains(line, Assert.Throws<TemplateException>(() => ChatTemplate.Parse(source).Render(new() { ["x"] = new JsonObject() })).Message);

    [Fact]
    public void Render_RaiseException_GivesItsMessage()
    {
        var error = Assert.Throws<TemplateException>(() => ChatTemplate.Parse("{{ raise_exception('Roles must alternate') }}").Render([]));
        Assert.Equal("The model's chat template refuses this conversation: Roles must alternate", error.Message);
    }

    [Fact]
    public void Render_TextOfAVariable_IsNotTemplateSource() =>
        Assert.Equal("{{ secret }}{% if %}", ChatTemplate.Parse("{{ content }}").Render(new() { ["content"] = "{{ secret }}{% if %}", ["secret"] = "s" }));

    [Fact]
    public void Render_Clock_IsReadInItsTimeZone()
    {
        var clock = new ZonedClock(new(2025, 12, 31, 23, 30, 0, TimeSpan.Zero), TimeZoneInfo.CreateCustomTimeZone("test", TimeSpan.FromHours(2), null, null));
        Assert.Equal("2026-01-01 01:30", ChatTemplate.Parse("{{ strftime_now('%Y-%m-%d %H:%M') }}").Render([], clock));
    }

    [Theory]
    [InlineData("""{"a": {"b": 1, "b": 2}}""")]
    [InlineData("""{"a": ["\ud800"]}""")]
    public void Render_VariablesThatAreNoValidJson_Throws(string json) =>
        Assert.Throws<TemplateException>(() => ChatTemplate.Parse("{{ a }}").Render(JsonNode.Parse(json)!.AsObject()));

    [Fact]
    public void Render_ValuesMadeInCode_AreTheSameAsParsedOnes()
    {
        var made = new JsonObject { ["a"] = 1, ["b"] = 2.5, ["c"] = 3_000_000_000L, ["d"] = true, ["e"] = null, ["f"] = "x", ["g"] = new JsonArray(1UL, 1.5f) };
        var parsed = JsonNode.Parse(made.ToJsonString())!.AsObject();
        var template = ChatTemplate.Parse("{{ [a, b, c, d, e, f, g] }}");
        Assert.Equal("[1, 2.5, 3000000000, True, None, 'x', [1, 1.5]]", template.Render(made));
        Assert.Equal(template.Render(parsed), template.Render(made));
    }

    [Fact]
    public void Render_FromManyThreads_GivesEachItsOwnText()
    {
        var template = ChatTemplate.Parse("{% set ns = namespace(n=0) %}{% macro m(x) %}<{{ x }}>{% endmacro %}{% for i in range(n) %}{% set ns.n = ns.n + i %}{{ m(i) }}{% endfor %}{{ ns.n }}");
        Parallel.For(0, 200, n =>
        {
            var expected = string.Concat(Enumerable.Range(0, n).Select(i => $"<{i}>")) + n * (n - 1) / 2;
            Assert.Equal(expected, template.Render(new() { ["n"] = n }));
        });
    }

    private static string ReadTemplate(string path)
    {
        var text = File.ReadAllText(Shared.Find(["tokenizers", .. path.Split('/')])!);
        return path.EndsWith(".json", StringComparison.Ordinal) ? (string)JsonNode.Parse(text)!["chat_template"]! : text;
    }

    private sealed class ZonedClock(DateTimeOffset now, TimeZoneInfo zone) : TimeProvider
    {
        public override TimeZoneInfo LocalTimeZone => zone;

        public override DateTimeOffset GetUtcNow() => now;
    }
}
