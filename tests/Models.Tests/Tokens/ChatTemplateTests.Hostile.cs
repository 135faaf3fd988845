using System.Runtime.ExceptionServices;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using Models.Tokens;
using Models.Tokens.Jinja;
using JinjaTests = Models.Tokens.Jinja.Tests;

namespace Models.Tests.Tokens;

/// <summary>A template comes with a downloaded model: whatever it says, there is a text or a <see cref="TemplateException"/>.</summary>
public sealed partial class ChatTemplateTests
{
    private const string Doubled = "{% for i in range(60) %}{% set ns.x = [ns.x, ns.x] %}{% set ns.y = [ns.y, ns.y] %}{% endfor %}";
    private const string Nested = "{% for i in range(50000) %}{% set ns.x = [ns.x] %}{% set ns.y = [ns.y] %}{% endfor %}";
    private const string Namespace = "{% set ns = namespace(x=[1], y=[1], s='a') %}";

    private static readonly string[] Fragments =
    [
        "{{", "}}", "{%", "%}", "{#", "#}", "{{-", "-}}", "{%-", "-%}", "{%+", "+%}", " ", "\n", "text", "'a'", "\"b\"", "'", "1", "2.5", "x", "messages",
        "loop.index", "ns", ".", ",", "(", ")", "[", "]", "{", "}", ":", "|", "~", "+", "-", "*", "/", "//", "%", "**", "==", "<", ">=", "=", " in ",
        " is ", " not ", " and ", " or ", " if ", " else ", "upper", "join", "map('upper')", "tojson", "defined", "string", "range(9)", "namespace(a=1)",
        "{% if x %}", "{% elif y %}", "{% else %}", "{% endif %}", "{% for x in messages %}", "{% endfor %}", "{% set x = ", "{% set x %}", "{% endset %}",
        "{% macro m(x) %}", "{% endmacro %}", "{{ m(1) }}", "{% break %}", "{% continue %}", "{% raw %}", "{% endraw %}", "{% call m() %}", "{% endcall %}",
        "{% filter upper %}", "{% endfilter %}", "{% generation %}", "{% endgeneration %}", "\U0001F600", "\ud83d", "\0", "\\n",
    ];

    private static readonly JsonObject Variables = GoldenRendering.Read("snippets.json")["variables"]!.AsObject();
    private static readonly string[] Snippets = [.. GoldenRendering.Read("snippets.json")["templates"]!.AsArray().Select(snippet => (string)snippet!)];

    public static TheoryData<string> HostileTemplates =>
    [
        // Nesting.
        "{{ " + Repeat("(", 80_000) + "1" + Repeat(")", 80_000) + " }}",
        "{{ " + Repeat("[", 200_000),
        "{{ " + Repeat("{1:", 80_000),
        "{{ " + Repeat("not ", 60_000) + "1 }}",
        "{{ " + Repeat("-", 200_000) + "1 }}",
        "{{ 1" + Repeat("+1", 100_000) + " }}",
        "{{ 1" + Repeat(" if 1 else 1", 20_000) + " }}",
        "{{ a" + Repeat(".a", 100_000) + " }}",
        "{{ a" + Repeat("|e", 100_000) + " }}",
        "{{ a" + Repeat("()", 100_000) + " }}",
        "{% set x " + Repeat("|e", 100_000) + " %}{% endset %}",
        Repeat("{%if 1%}", 30_000),
        Repeat("{%for a in b%}", 18_000),
        "{{ f(" + Repeat("1,", 100_000) + ") }}",
        "{{ " + Repeat("9", 200_000) + " }}",
        Repeat(" ", 1 << 19),
        // Recursion.
        "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
        "{% macro m() %}" + Repeat("{% if 1 %}", 80) + "{{ " + Repeat("(", 40) + "m()" + Repeat(")", 40) + " }}" + Repeat("{% endif %}", 80) + "{% endmacro %}{{ m() }}",
        "{% macro a() %}{% call b() %}{% endcall %}{% endmacro %}{% macro b() %}{{ caller() }}{{ a() }}{% endmacro %}{{ a() }}",
        "{% set ns = namespace() %}{% set ns.a = ns %}{{ ns }}",
        Namespace + Nested + "{{ ns.x }}",
        Namespace + Nested + "{{ ns.x | tojson }}",
        Namespace + Nested + "{{ ns.x == ns.y }}",
        Namespace + Nested + "{{ ns.x < ns.y }}",
        Namespace + "{% for i in range(50000) %}{% set ns.x = ns.x | map('string') %}{% endfor %}{{ ns.x | list }}",
        Namespace + "{% for i in range(50000) %}{% set ns.x = ns.x | batch(1) %}{% endfor %}{{ ns.x | list }}",
        // Time.
        Repeat("{% for i in range(100000) %}", 5) + Repeat("{% endfor %}", 5),
        "{% macro m(n) %}{% if n %}{{ m(n - 1) }}{{ m(n - 1) }}{% endif %}{% endmacro %}{{ m(100) }}",
        Namespace + Doubled + "{{ ns.x == ns.y }}",
        "{% set s = 'a' * 1000000 %}{% set p = 'a' * 500000 ~ 'b' %}{% for i in range(100000) %}{{ p in s }}{{ s.find(p) }}{% endfor %}",
        "{% set s = 'ab' * 100000 %}{% for i in range(100000) %}{% set x = 'x'.strip(s) %}{% endfor %}",
        "{% set b = 10 ** 150 %}{% for i in range(100000) %}{% for j in range(1000) %}{% set c = b * b %}{% endfor %}{% endfor %}",
        "{% set s = '9' * 300 %}{% for i in range(100000) %}{% for j in range(1000) %}{% set x = s | int %}{% endfor %}{% endfor %}",
        "{% for i in range(1000) %}{% set x = range(100000) | sort(reverse=true) %}{% endfor %}",
        "{{ 2 ** (2 ** 62) }}",
        // Memory.
        Namespace + "{% for i in range(100) %}{% set ns.s = ns.s ~ ns.s %}{% endfor %}",
        Namespace + "{% for i in range(100) %}{% set ns.s = ns.s + ns.s %}{% endfor %}",
        Namespace + "{% for i in range(100) %}{% set ns.x = ns.x + ns.x %}{% endfor %}",
        Namespace + Doubled + "{{ ns.x }}",
        Namespace + "{% for i in range(100000) %}{% set ns.x = [ns.x, " + Repeat("q,", 1000) + "] %}{% endfor %}",
        "{% for i in range(100000) %}{% for j in range(100000) %}xxxxxxxxxxxxxxxx{% endfor %}{% endfor %}",
        "{% set s = 'a' * 1000000 %}{{ " + Repeat("s~", 100_000) + "s }}",
        "{% set s = 'a' * 100000 %}{{ s | replace('a', s) }}",
        "{% set s = 'a' * 100000 %}{{ s | join(s) }}",
        "{{ 'a' * 10 ** 9 }}",
        "{{ [0] * 10 ** 30 }}",
        "{{ '%999999999d' % 1 }}",
        "{{ 'a'.ljust(10 ** 9) }}",
        "{{ 'a\nb' | indent(10 ** 9) }}",
        "{{ [1] | tojson(indent=10 ** 9) }}",
        "{{ [1] | batch(10 ** 9, 'x') | list }}",
        "{{ [1] | tojson(indent=2 ** 63 - 1) }}",
        "{{ 'a' | indent(2 ** 62, true) }}",
        "{{ 'a'.zfill(2 ** 63 - 1) }}",
        "{{ range(2 ** 62) }}",
    ];

    [Theory]
    [MemberData(nameof(HostileTemplates))]
    public void Render_HostileTemplate_IsRefused(string source) =>
        RunOnSmallStack(() => Assert.Throws<TemplateException>(() => ChatTemplate.Parse(source).Render([])));

    [Fact]
    public void Parse_DeepestNesting_FitsASmallStack() => RunOnSmallStack(() =>
    {
        var source = Repeat("{% if 1 %}", 120) + "{{ " + Repeat("(", 35) + "1" + Repeat(")", 35) + " }}" + Repeat("{% endif %}", 120);
        Assert.Equal("1", ChatTemplate.Parse(source).Render([]));
    });

    [Fact]
    public void Render_LongConversation_IsWithinTheBounds()
    {
        var messages = new JsonArray([.. Enumerable.Range(0, 2000).Select(i => new JsonObject
        {
            ["role"] = i % 2 == 0 ? "user" : "assistant",
            ["content"] = new string('x', 1000) + i,
        })]);
        var template = ChatTemplate.Parse(
            """
            {% for m in messages %}
            {% set ns = namespace(later=0) %}
            {% for n in messages[loop.index:] %}{% if n.role == 'assistant' and 'tool_calls' not in n %}{% set ns.later = ns.later + 1 %}{% endif %}{% endfor %}
            {{- '<' + m.role + '>' + m.content.split('</think>')[-1] | trim + '</' + m.role + '>' }}{{ ns.later }}
            {% endfor %}
            """);
        var text = template.Render(new() { ["messages"] = messages });
        Assert.StartsWith("<user>xxx", text);
        Assert.EndsWith("x1999</assistant>0\n", text);
    }

    [Fact]
    public void Parse_RandomFragments_GiveTextOrTemplateException()
    {
        var sources = Gen.Elements(Fragments).ListOf().Select(string.Concat).ToArbitrary();
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(2000).WithEndSize(60), Prop.ForAll(sources, source => EndsWell(source)));
    }

    [Fact]
    public void Parse_MutatedSnippets_GiveTextOrTemplateException()
    {
        var edits = from fragment in Gen.Elements(Fragments) from at in Gen.Choose(0, 1 << 16) from length in Gen.Choose(0, 4) select (fragment, at, length);
        var sources = (from snippet in Gen.Elements(Snippets) from list in edits.ListOf() select list.Aggregate(snippet, Mutate)).ToArbitrary();
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(2000).WithEndSize(6), Prop.ForAll(sources, source => EndsWell(source)));
    }

    [Fact]
    public void Render_AnyCall_GivesTextOrTemplateException()
    {
        var value = Gen.Elements(
            "''", "'a'", "'Hello wörld'", "'a,b\n\nc '", "'\U0001F600e\u0301'", "'%s %5.2f'", "'{} {0.a[b]}'", "0", "1", "-1", "3", "2.5", "1e300", "10**30", "2**63 - 1", "-2**63",
            "true", "none", "q", "[]", "[3, 1, 2]", "['b', 'a']", "(1, 'x')", "{}", "{'a': 1, 'b': [2]}", "dict", "users", "messages", "range(5)", "dict.items()", "list | map('string')", "namespace(a=1)");
        var function = Gen.Elements<string>(
        [
            .. StringMethods.All.Keys.Select(name => $".{name}"), .. SequenceMethods.OfList.Keys.Select(name => $".{name}"), .. DictMethods.All.Keys.Select(name => $".{name}"),
            .. Filters.All.Keys.Select(name => $" | {name}"), .. JinjaTests.All.Keys.Where(name => char.IsAsciiLetter(name[0])).Select(name => $" is {name}"),
        ]);
        var templates = from self in value
                        from name in function
                        from arguments in value.ListOf()
                        from named in Gen.Elements("", "", "", "indent=2", "attribute='name'", "reverse=true", "default=1", "count=1", "width=2", "maxsplit=1", "boolean=true")
                        select $"{{{{ (({self}){name}({string.Join(", ", arguments.Append(named).Where(argument => argument.Length > 0))})) | list | string }}}}";
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(3000).WithEndSize(3), Prop.ForAll(templates.ToArbitrary(), source => EndsWell(source)));
    }

    /// <summary>Puts a fragment in place of a few characters.</summary>
    private static string Mutate(string source, (string Fragment, int At, int Length) edit)
    {
        var at = edit.At % (source.Length + 1);
        return source[..at] + edit.Fragment + source[Math.Min(source.Length, at + edit.Length)..];
    }

    private static bool EndsWell(string source)
    {
        try
        {
            return ChatTemplate.Parse(source).Render(Variables, GoldenRendering.Clock) is not null;
        }
        catch (TemplateException error)
        {
            return error.Message.Length > 0;
        }
    }

    private static void RunOnSmallStack(Action action)
    {
        ExceptionDispatchInfo? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                action();
            }
            catch (Exception error)
            {
                failure = ExceptionDispatchInfo.Capture(error);
            }
        }, 512 << 10);
        thread.Start();
        thread.Join();
        failure?.Throw();
    }

    private static string Repeat(string text, int count) => string.Concat(Enumerable.Repeat(text, count));
}
