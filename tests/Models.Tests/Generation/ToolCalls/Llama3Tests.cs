using Models.Generation.ToolCalls;

namespace Models.Tests.Generation.ToolCalls;

// The texts are as the published template of Llama 3.1 to 3.3 and the model's prompt format page write them.
public sealed class Llama3Tests
{
    private static readonly HashSet<string> Tools = ["get_weather", "f", "g"];

    private static string[] Read(string answer, IReadOnlySet<string>? tools = null) => Answers.Read(ToolCallFormat.Llama3, answer, tools: tools);

    [Fact]
    public void Read_BareObject_IsACall() => Assert.Equal(
        ["""call get_weather {"city": "Zürich"}"""], Read("""{"name": "get_weather", "parameters": {"city": "Zürich"}}""", Tools));

    [Fact]
    public void Read_AfterTheTag_IsACall() => Assert.Equal(
        ["""call f {"a": 1}"""], Read("""<|python_tag|>{"type": "function", "name": "f", "parameters": {"a": 1}}"""));

    [Theory]
    [InlineData("; ")]
    [InlineData("\n")]
    [InlineData(", ")]
    [InlineData("")]
    public void Read_SeveralCalls_AreAllRead(string separator) => Assert.Equal(
        ["call f {}", """call g {"x": {"y": []}}"""],
        Read("  {\"name\": \"f\", \"parameters\": {}}" + separator + "{\"name\": \"g\", \"parameters\": {\"x\": {\"y\": []}}}", Tools));

    [Fact]
    public void Read_SeveralCallsAfterTheTag_AreAllRead() => Assert.Equal(
        ["call f {}", "call g {}"], Read("""<|python_tag|>{"name": "f", "parameters": {}}; {"name": "g", "parameters": {}}"""));

    [Fact]
    public void Read_TextAfterACall_IsText() => Assert.Equal(
        ["call f {}", "text Done. {"], Read("{\"name\": \"f\", \"parameters\": {}}\n\nDone. {", Tools));

    [Theory]
    [InlineData("""{"name": "Bob", "parameters": {"age": 3}}""")]
    [InlineData("""{"title": "f", "name": "f"}""")]
    [InlineData("""{"name": 1}""")]
    [InlineData(" \n {} ")]
    [InlineData("{name}")]
    [InlineData("{")]
    [InlineData("I say {\"name\": \"f\", \"parameters\": {}}")]
    public void Read_ObjectThatIsNoCall_IsText(string answer) => Assert.Equal([$"text {answer}"], Read(answer, Tools));

    [Theory]
    [InlineData("""{"name": "f" """)]
    [InlineData("""{"name": "f"}""")]
    [InlineData("""{"name": "f", "id": "1", "age": 3}""")]
    public void Read_ToolsNotKnown_ANameAloneIsText(string answer) => Assert.Equal([$"text {answer}"], Read(answer));

    [Fact]
    public void Read_NoToolsOffered_ObjectsAreText() => Assert.Equal(
        ["""text {"name": "f", "parameters": {}}"""], Read("""{"name": "f", "parameters": {}}""", new HashSet<string>()));

    [Fact]
    public void Read_ToolsNotKnown_ArgumentsMakeTheCall() => Assert.Equal(
        ["""call anything {"a": 1}"""], Read("""{"name": "anything", "parameters": {"a": 1}}"""));

    [Fact]
    public void Read_CallCutOff_IsMalformed() => Assert.Equal(
        ["""malformed Truncated {"name": "f", "parameters": {"a": after f {"a":"""], Read("""{"name": "f", "parameters": {"a":""", Tools));

    [Fact]
    public void Read_BuiltinTool_IsACall() => Assert.Equal(
        ["""call brave_search {"query":"Wetter in Bern","n":"3"}"""],
        Read("<|python_tag|>brave_search.call(query=\"Wetter in Bern\", n=\"3\")"));

    [Fact]
    public void Read_BuiltinToolWithQuotesInside_EndsAtTheLast() => Assert.Equal(
        ["""call wolfram_alpha {"query":"a\u0022, b) = \u0022c"}"""], Read("<|python_tag|>wolfram_alpha.call(query=\"a\", b) = \"c\")\n"));

    [Theory]
    [InlineData("import sys\nprint(sys.version)")]
    [InlineData("f.call(")]
    [InlineData("f.call(a=1)")]
    [InlineData(".call()")]
    public void Read_CodeAfterTheTag_IsMalformed(string code) => Assert.Equal(
        [$"malformed UnknownShape <|python_tag|>{code}"], Read("<|python_tag|>" + code));

    [Fact]
    public void Append_BareObject_StartsWhenItsNameIsKnown()
    {
        var parser = ToolCallFormat.Llama3.CreateParser(tools: Tools);
        Assert.Empty(parser.Append("\n"));
        Assert.Empty(parser.Append("{\"name\": \"f"));
        Assert.IsType<ToolCallStarted>(Assert.Single(parser.Append("\", ")));
    }
}
