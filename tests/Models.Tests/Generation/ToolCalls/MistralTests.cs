using Models.Generation.ToolCalls;

namespace Models.Tests.Generation.ToolCalls;

// The texts are as mistral-common and the published templates of its tokenizer versions write them.
public sealed class MistralTests
{
    private static readonly ToolCallFormat Magistral = ToolCallFormat.Detect("[TOOL_CALLS] [ARGS] [/THINK]", _ => null);

    private static string[] Read(string answer, ToolCallFormat? format = null) => Answers.Read(format ?? ToolCallFormat.Mistral, answer);

    private static string Id(string answer) => Answers.Events(ToolCallFormat.Mistral, [answer]).OfType<ToolCallFinished>().Single().Id;

    [Theory]
    [InlineData("[TOOL_CALLS][")]
    [InlineData("[TOOL_CALLS] [")]
    public void Read_Array_GivesItsCalls(string open) => Assert.Equal(
        ["""call f {"a": 1}""", """call g {"b": "[TOOL_CALLS]"}"""],
        Read(open + """{"name": "f", "arguments": {"a": 1}, "id": "aB3dE6gH9"}, {"name": "g", "arguments": {"b": "[TOOL_CALLS]"}}]"""));

    [Fact]
    public void Read_MarksBetweenNameAndArguments_GiveTheCalls() => Assert.Equal(
        ["text Voilà :", """call f {"a": 1}""", "call g {}"],
        Read("""Voilà : [TOOL_CALLS]f[ARGS]{"a": 1}[TOOL_CALLS]g[ARGS]{}""", ToolCallFormat.MistralArgs));

    [Fact]
    public void Read_NoMarkBeforeArguments_GivesTheCall() => Assert.Equal(["""call f {"a": 1}"""], Read("""[TOOL_CALLS]f{"a": 1}"""));

    [Fact]
    public void Read_EitherFormat_ReadsBoth() => Assert.Equal(
        ["call f {}", "call g {}"], Read("""[TOOL_CALLS]f[ARGS]{}[TOOL_CALLS][{"name": "g", "arguments": {}}]"""));

    [Fact]
    public void Read_WrappedArguments_AreUnwrapped() => Assert.Equal(["""call f {"a":1}"""], Read("""[TOOL_CALLS]f[ARGS]"{\"a\":1}" """));

    [Fact]
    public void Read_Reasoning_IsReasoning() => Assert.Equal(
        ["think Réfléchissons.", "text Oui"], Read("[THINK]Réfléchissons.[/THINK]Oui", Magistral));

    [Theory]
    [InlineData("""[TOOL_CALLS]f[CALL_ID]aB3dE6gH9[ARGS]{}""")]
    [InlineData("""[TOOL_CALLS][{"id": "aB3dE6gH9", "name": "f", "arguments": {}}]""")]
    public void Read_IdGiven_IsKept(string answer) => Assert.Equal("aB3dE6gH9", Id(answer));

    [Theory]
    [InlineData("""[TOOL_CALLS]f[CALL_ID]short[ARGS]{}""")]
    [InlineData("""[TOOL_CALLS]f[CALL_ID]dash-dash[ARGS]{}""")]
    [InlineData("""[TOOL_CALLS][{"name": "f", "arguments": {}}]""")]
    public void Read_NoUsableId_MakesOneOfNineLettersAndDigits(string answer)
    {
        Assert.Matches("^[0-9A-Za-z]{9}$", Id(answer));
        Assert.NotEqual(Id(answer), Id(answer));
    }

    [Theory]
    [InlineData("[TOOL_CALLS]")]
    [InlineData("[TOOL_CALLS]f")]
    [InlineData("[TOOL_CALLS]f[ARGS]")]
    [InlineData("[TOOL_CALLS]f[ARGS")]
    public void Read_CutOff_IsMalformed(string answer) =>
        Assert.StartsWith($"malformed Truncated {answer}", Assert.Single(Read(answer)), StringComparison.Ordinal);

    [Theory]
    [InlineData("[TOOL_CALLS]no name{} ")]
    [InlineData("[TOOL_CALLS]no_arguments")]
    [InlineData("[TOOL_CALLS][TOOL_CALLS]f[ARGS]{}")]
    public void Read_BadCall_EndsWhereTheNextBegins(string bad) =>
        Assert.Equal([$"malformed UnknownShape {bad}", "call g {}"], Read(bad + "[TOOL_CALLS]g[ARGS]{}"));
}
