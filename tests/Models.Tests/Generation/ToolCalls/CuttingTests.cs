using FsCheck;
using FsCheck.Fluent;
using Models.Generation.ToolCalls;

namespace Models.Tests.Generation.ToolCalls;

/// <summary>Whatever a model writes and however it is cut: the same events, nothing lost, no exception.</summary>
public sealed class CuttingTests
{
    private static readonly HashSet<string> Tools = ["f", "x1"];

    public static TheoryData<int> Formats => new(Enumerable.Range(0, Texts.Formats.Length));

    [Theory]
    [MemberData(nameof(Formats))]
    public void Append_AnyPieces_AreCutAnyWay(int format) => Check(Texts.Formats[format], Texts.Answers);

    [Theory]
    [MemberData(nameof(Formats))]
    public void Append_BrokenAnswers_AreCutAnyWay(int format) => Check(Texts.Formats[format], Texts.Broken(Texts.Formats[format]));

    [Theory]
    [MemberData(nameof(Formats))]
    public void Append_Noise_IsCutAnyWay(int format) => Check(
        Texts.Formats[format],
        from chars in Gen.Elements("<>|/{}[]\":,;\\ \n\0tofunc=alscimge_\ud83d\ude42é".ToCharArray()).ListOf() select string.Concat(chars));

    /// <summary>Takes very long if any of this is read in more than linear time.</summary>
    [Theory]
    [MemberData(nameof(Formats))]
    public void Append_BeginningsWithoutEnd_AreReadInLinearTime(int format)
    {
        string[] patterns =
        [
            "<tool_call", "<tool_call>{", "<tool_call>x</tool_call>", "functools[",
            "{\"a", " ", "\\\"", "<|channel|>", "[TOOL_CALLS]", "[TOOL_CALLS]f[CALL_ID]",
            "</think>", "<think>", "<|start|>to=f<|message|>", "{\"name\":\"f\",\"parameters\":{}};{", "<|python_tag|>f.call(a=\"\", ",
        ];
        foreach (var pattern in patterns)
        {
            var answer = string.Concat(Enumerable.Repeat(pattern, 100_000 / pattern.Length));
            Answers.Events(Texts.Formats[format], [answer]);
            Answers.Events(Texts.Formats[format], answer.Take(10_000).Select(c => c.ToString()));
        }
    }

    private static void Check(ToolCallFormat format, Gen<string> answers)
    {
        var cases =
            from answer in answers
            from cuts in Texts.Cuts
            from prompt in Gen.Elements("", "<|start|>assistant", "<|start|>assistant<|channel|>analysis<|message|>", "<think>\n", "[THINK]")
            from tools in Gen.Elements(null, Tools, new HashSet<string>())
            select (answer, cuts, prompt, tools);
        Prop.ForAll(Arb.From(cases), c =>
        {
            var whole = Answers.Parts(format, [c.answer], c.prompt, c.tools);
            Assert.Equal(whole, Answers.Parts(format, Texts.Cut(c.answer, c.cuts), c.prompt, c.tools));
            Assert.Equal(whole, Answers.Parts(format, c.answer.Select(letter => letter.ToString()), c.prompt, c.tools));
            if (format == ToolCallFormat.Plain) Assert.Equal(c.answer, string.Concat(whole.Select(p => p.Text)));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(250));
    }
}
