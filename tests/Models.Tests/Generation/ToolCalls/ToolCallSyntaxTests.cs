using FsCheck;
using FsCheck.Fluent;
using Models.Generation.ToolCalls;

namespace Models.Tests.Generation.ToolCalls;

/// <summary>Holds the grammar's side of every format against the parser's.</summary>
public sealed class ToolCallSyntaxTests
{
    public static TheoryData<string, int> Syntaxes
    {
        get
        {
            var data = new TheoryData<string, int>();
            foreach (var format in Texts.Formats)
                for (var i = 0; i < format.Calls.Count; i++) data.Add(format.Name, i);
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Syntaxes))]
    public void Trigger_IsTheBeginningOfWhatIsWritten(string format, int index)
    {
        var syntax = Texts.Format(format).Calls[index];
        Assert.StartsWith(syntax.Trigger, syntax.Open + syntax.BeforeName, StringComparison.Ordinal);
        Assert.EndsWith(syntax.End, syntax.AfterArguments + syntax.Close, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Syntaxes))]
    public void Write_AnyCalls_AreReadBack(string format, int index)
    {
        var syntax = Texts.Format(format).Calls[index];
        var cases = from calls in Texts.Calls from cuts in Texts.Cuts select (calls: syntax.Separator is null ? [calls[0]] : calls, cuts);
        Prop.ForAll(Arb.From(cases), c =>
        {
            var parts = Answers.Parts(Texts.Format(format), Texts.Cut(syntax.Write(c.calls), c.cuts));
            Assert.Equal(c.calls.Select(call => $"{call.Name} {call.Arguments}"), parts.Where(p => p.Kind != "mark").Select(p => p.Text));
            Assert.All(parts, p => Assert.Contains(p.Kind, (string[])["call", "mark"]));
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Write_SeveralCallsWhereOneIsAllowed_Throws() =>
        Assert.Throws<ArgumentException>(() => ToolCallFormat.Harmony.Calls[0].Write(("f", "{}"), ("g", "{}")));

    [Fact]
    public void BeginCall_OddName_IsEscapedWhereItIsJson()
    {
        Assert.Equal("<tool_call>\n{\"name\": \"a\\\"b\", \"arguments\": ", ToolCallFormat.Hermes.Calls[0].BeginCall("a\"b"));
        Assert.Equal("[TOOL_CALLS]f[ARGS]", ToolCallFormat.MistralArgs.Calls[0].BeginCall("f"));
    }
}
