using Models.Generation.ToolCalls;

namespace Models.Tests.Generation.ToolCalls;

// The texts are as Phi-4-mini's model card and the templates that serve it with tools write them.
public sealed class Phi4Tests
{
    private static string[] Read(string answer) => Answers.Read(ToolCallFormat.Phi4, answer);

    [Fact]
    public void Read_ArrayBetweenTags_GivesItsCalls() => Assert.Equal(
        ["""call get_weather {"city": "São Paulo"}""", """call f {"a": ["]", {"b": "}"}]}"""],
        Read("""<|tool_call|>[{"name": "get_weather", "arguments": {"city": "São Paulo"}}, {"name": "f", "arguments": {"a": ["]", {"b": "}"}]}}]<|/tool_call|>"""));

    [Fact]
    public void Read_ObjectBetweenTags_IsACall() => Assert.Equal(
        ["call f {}", "call g {}"],
        Read("""<|tool_call|>{"name": "f", "arguments": {}}<|/tool_call|><|tool_call|>{"name": "g", "arguments": {}}<|/tool_call|>"""));

    [Fact]
    public void Read_ArrayAfterTheWord_GivesItsCalls() => Assert.Equal(
        ["text Sure.", """call f {"tags": ["a", "b"]}""", "call g {}"],
        Read("""Sure. functools[{"name": "f", "arguments": {"tags": ["a", "b"]}}, {"name": "g", "arguments": {}}]"""));

    [Theory]
    [InlineData("In Python, functools[0] is an error.")]
    [InlineData("functools[{\"key\": 1}]")]
    [InlineData("functools[")]
    [InlineData("functools.reduce")]
    public void Read_TheWordWithoutCalls_IsText(string answer) => Assert.Equal([$"text {answer}"], Read(answer));

    [Fact]
    public void Read_EmptyArray_IsMalformed() => Assert.Equal(
        ["malformed UnknownShape <|tool_call|>[]<|/tool_call|>", "text ok"], Read("<|tool_call|>[]<|/tool_call|>ok"));
}
