using Models.Generation.ToolCalls;

namespace Models.Tests.Generation.ToolCalls;

// The texts are as the published templates of Qwen2.5, Qwen3 and Hermes 2 Pro write them.
public sealed class HermesTests
{
    private static readonly ToolCallFormat Qwen3 = ToolCallFormat.Detect("<tool_call> </think>", _ => null);

    private static string[] Read(string answer, string prompt = "") => Answers.Read(Qwen3, answer, prompt);

    [Fact]
    public void Read_OneCall_GivesNameAndArguments() => Assert.Equal(
        ["""call get_weather {"city": "Paris", "unit": "celsius"}"""],
        Read("<tool_call>\n{\"name\": \"get_weather\", \"arguments\": {\"city\": \"Paris\", \"unit\": \"celsius\"}}\n</tool_call>"));

    [Fact]
    public void Read_TextThenSeveralCalls_GivesThemInOrderWithoutTheSpaceBetween() => Assert.Equal(
        ["text Let me look.", """call a {"x": 1}""", "call b {}"],
        Read("Let me look.\n<tool_call>\n{\"name\": \"a\", \"arguments\": {\"x\": 1}}\n</tool_call>\n<tool_call>\n{\"name\": \"b\", \"arguments\": {}}\n</tool_call>"));

    [Fact]
    public void Read_ReasoningThenCall_GivesBoth() => Assert.Equal(
        ["think The user wants the weather.", """call get_weather {"city": "東京 🗼"}"""],
        Read("<think>\nThe user wants the weather.\n</think>\n\n<tool_call>\n{\"name\": \"get_weather\", \"arguments\": {\"city\": \"東京 🗼\"}}\n</tool_call>"));

    [Fact]
    public void Read_ReasoningThenText_GivesBothWithoutTheLinesBetween() => Assert.Equal(
        ["think Einfach:\n2 + 2 = 4.", "text Vier. 🙂\n"], Read("<think>\nEinfach:\n2 + 2 = 4.\n</think>\n\nVier. 🙂\n"));

    [Fact]
    public void Read_EmptyReasoning_GivesTextOnly() => Assert.Equal(["text Hi"], Read("<think>\n\n</think>\n\nHi"));

    [Fact]
    public void Read_ReasoningThatThePromptBegan_IsReasoning() => Assert.Equal(
        ["think Okay.", "text Hello"], Read("Okay.\n</think>\n\nHello", prompt: "<|im_start|>assistant\n<think>\n"));

    [Fact]
    public void Read_ReasoningThatThePromptBeganAndEnded_IsText() => Assert.Equal(
        ["text Hello"], Read("Hello", prompt: "<|im_start|>assistant\n<think>\n\n</think>\n\n"));

    [Fact]
    public void Read_ReasoningThatNeverEnds_IsReasoning() => Assert.Equal(["think Hm <tool_call> or </thin"], Read("<think>Hm <tool_call> or </thin"));

    [Fact]
    public void Read_StrayEnds_AreNotShown() => Assert.Equal(["text Hello there"], Read("</think>\nHello there\n</tool_call>")[..1].Select(t => t.Replace("\n", "")));

    [Fact]
    public void Read_ModelWithoutReasoning_ThinkTagsAreText() => Assert.Equal(
        ["text <think>x</think>"], Answers.Read(ToolCallFormat.Hermes, "<think>x</think>"));

    [Theory]
    [InlineData("<tool_call>{\"name\":\"f\",\"arguments\":{\"a\":[1,2]}}</tool_call>")]
    [InlineData("<tool_call>\n{\"arguments\":{\"a\":[1,2]},\"name\":\"f\"}\n</tool_call>")]
    [InlineData("<tool_call>\r\n\t{ \"name\" : \"f\" , \"parameters\" : {\"a\":[1,2]} }\n\n</tool_call>\n")]
    [InlineData("<tool_call>\n{\"type\": \"function\", \"name\": \"f\", \"extra\": [{\"name\": 1}], \"arguments\": {\"a\":[1,2]}, \"id\": 7}\n</tool_call>")]
    [InlineData("<tool_call>\n{\"name\": \"\\u0066\", \"arguments\": \"{\\\"a\\\":[1,2]}\"}\n</tool_call>")]
    [InlineData("<tool_call>\n{\"name\": \"f\", \"arguments\": {\"a\":[1,2]}}")]
    [InlineData("<tool_call>\n{\"name\": \"f\", \"arguments\": {\"a\":[1,2]}}}\n</tool_call>")]
    [InlineData("<tool_call>\n[{\"name\": \"f\", \"arguments\": {\"a\":[1,2]}}]\n</tool_call>")]
    [InlineData("<tool_call>\n{\"name\": \"f\", \"arguments\": {\"a\":[1,2]}}\n</tool_cal")]
    public void Read_OtherSpellings_GiveTheSameCall(string answer) => Assert.Equal(["""call f {"a":[1,2]}"""], Read(answer));

    [Theory]
    [InlineData("{\"name\": \"f\"}")]
    [InlineData("{\"name\": \"f\", \"arguments\": null}")]
    [InlineData("{\"name\": \"f\", \"arguments\": \"\"}")]
    [InlineData("{\"arguments\": \" {} \", \"name\": \"f\"}")]
    public void Read_NoArguments_GivesAnEmptyObject(string call) => Assert.Equal(["call f {}"], Read($"<tool_call>\n{call}\n</tool_call>"));

    [Fact]
    public void Read_SeveralObjectsBetweenTags_AreSeveralCalls() => Assert.Equal(
        ["call a {}", "call b {}"], Read("<tool_call>\n{\"name\": \"a\", \"arguments\": {}}\n{\"name\": \"b\", \"arguments\": {}}\n</tool_call>"));

    [Fact]
    public void Read_TextAfterACallWithoutItsEnd_IsText() => Assert.Equal(
        ["call a {}", "text So be it."], Read("<tool_call>\n{\"name\": \"a\", \"arguments\": {}}\nSo be it."));

    [Fact]
    public void Read_MarksInsideArguments_BelongToThem() => Assert.Equal(
        ["""call write {"text": "</tool_call> <think> \" \\"}"""],
        Read("""<tool_call>{"name": "write", "arguments": {"text": "</tool_call> <think> \" \\"}}</tool_call>"""));

    [Fact]
    public void Read_RawLineBreaksInArguments_AreEscaped() => Assert.Equal(
        ["""call run {"code": "a\n\tb\u0001"}"""], Read("<tool_call>{\"name\": \"run\", \"arguments\": {\"code\": \"a\n\tb\u0001\"}}</tool_call>"));

    [Fact]
    public void Read_WrappedArgumentsWithEscapes_AreUnwrappedOnce() => Assert.Equal(
        ["""call f {"t":"a\n\"b\" 🙂é"}"""],
        Read("""<tool_call>{"name": "f", "arguments": "{\"t\":\"a\\n\\\"b\\\" \ud83d\ude42\u00e9\"}"}</tool_call>"""));

    [Fact]
    public void Read_IdsOfTheModelsOwnMaking_AreNotKept()
    {
        var calls = Answers.Events(Qwen3, ["<tool_call>{\"id\": \"1\", \"name\": \"f\"}{\"id\": \"1\", \"name\": \"f\"}</tool_call>"])
            .OfType<ToolCallFinished>().ToArray();
        Assert.All(calls, call => Assert.Matches("^call_[0-9A-Za-z]{24}$", call.Id));
        Assert.NotEqual(calls[0].Id, calls[1].Id);
    }

    // Small models of the family leave the tags out.
    [Theory]
    [InlineData("{\"name\": \"f\", \"arguments\": {}}")]
    [InlineData("\n{\"name\": \"f\", \"arguments\": {}}\n</tool_call>")]
    [InlineData("<think>\n\n</think>\n\n{\"name\": \"f\", \"arguments\": {}}")]
    public void Read_BareCallOfAKnownTool_IsACall(string answer)
    {
        Assert.Equal(["call f {}"], Answers.Read(Qwen3, answer, tools: new HashSet<string> { "f" }));
        Assert.StartsWith("text ", Answers.Read(Qwen3, answer, tools: new HashSet<string>())[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Append_BeginningOfAMark_IsHeldBack()
    {
        var parser = ToolCallFormat.Hermes.CreateParser();
        Assert.Equal([new TextDelta("a", "a")], parser.Append("a\n"));
        Assert.Empty(parser.Append("<tool"));
        Assert.Equal([new TextDelta("\n<toolth", "\n<toolth")], parser.Append("th"));
        Assert.Empty(parser.Append("<tool_"));
        Assert.Equal([new TextDelta("<tool_", "<tool_")], parser.Finish());
    }

    [Fact]
    public void Append_Arguments_StreamAsTheyCome()
    {
        var parser = ToolCallFormat.Hermes.CreateParser();
        Assert.Empty(parser.Append("<tool_call>\n{\"name\": \"f"));
        var started = Assert.IsType<ToolCallStarted>(Assert.Single(parser.Append("\", \"argu")));
        Assert.Equal((0, "f"), (started.Index, started.Name));
        Assert.Equal([new ToolCallArguments(0, "{\"a", "ments\": {\"a")], parser.Append("ments\": {\"a"));
        Assert.Equal(
            [new ToolCallArguments(0, "\": 1}", "\": 1}}"), new ToolCallFinished(0, started.Id, "f", "{\"a\": 1}", "")], parser.Append("\": 1}}"));
        Assert.Equal([new AnswerMarkup("\n")], parser.Append("\n</tool_"));
        Assert.Equal([new AnswerMarkup("</tool_call>")], [.. parser.Append("call>"), .. parser.Finish()]);
    }
}
