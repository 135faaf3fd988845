using Models.Generation.ToolCalls;

namespace Models.Tests.Generation.ToolCalls;

// The texts are as the harmony response format's document and gpt-oss's published template write them.
public sealed class HarmonyTests
{
    private const string Prompt = "<|start|>user<|message|>What is the weather?<|end|><|start|>assistant";

    private static string[] Read(string answer, string prompt = Prompt) => Answers.Read(ToolCallFormat.Harmony, answer, prompt);

    [Fact]
    public void Read_AnalysisThenFinal_GivesReasoningAndText() => Assert.Equal(
        ["think Simple arithmetic.", "text 2 + 2 = 4. 🎉"],
        Read("<|channel|>analysis<|message|>Simple arithmetic.<|end|><|start|>assistant<|channel|>final<|message|>2 + 2 = 4. 🎉<|return|>"));

    [Theory]
    [InlineData("<|channel|>commentary to=functions.get_weather <|constrain|>json<|message|>")]
    [InlineData("<|channel|>commentary to=functions.get_weather<|constrain|>json<|message|>")]
    [InlineData("<|channel|>commentary to=functions.get_weather json<|message|>")]
    [InlineData("<|channel|>analysis to=functions.get_weather code<|message|>")]
    [InlineData(" to=functions.get_weather<|channel|>commentary json<|message|>")]
    [InlineData(" to=functions.get_weather<|channel|>commentary <|constrain|>json<|message|>")]
    [InlineData("<|channel|>commentary<|channel|>commentary to=functions.get_weather <|constrain|>json<|message|>\n")]
    public void Read_Call_InEitherOrderOfTheHeader(string header)
    {
        string[] expected = ["""call get_weather {"location":"San Francisco"}"""];
        Assert.Equal(expected, Read(header + """{"location":"San Francisco"}<|call|>"""));
        Assert.Equal(expected, Read(header + """{"location":"San Francisco"}"""));
        var thought = "<|channel|>analysis<|message|>Need it.<|end|><|start|>assistant";
        Assert.Equal(["think Need it.", .. expected], Read(thought + header + """{"location":"San Francisco"}<|call|>"""));
    }

    [Fact]
    public void Read_Preamble_IsText() => Assert.Equal(
        ["text **Plan**:\n1. Go", """call go {"a": 1}"""],
        Read("""
            <|channel|>commentary<|message|>**Plan**:
            1. Go<|end|><|start|>assistant<|channel|>commentary to=functions.go<|constrain|>json<|message|>{"a": 1}<|call|>
            """.ReplaceLineEndings("\n")));

    [Fact]
    public void Read_SeveralMessagesOfAKind_AreParagraphs() => Assert.Equal(
        ["think One.\n\nTwo.", "text Plan.\n\nAnswer."],
        Read("<|channel|>analysis<|message|>One.<|end|><|start|>assistant<|channel|>analysis<|message|>Two.<|end|>" +
            "<|start|>assistant<|channel|>commentary<|message|>Plan.<|end|><|start|>assistant<|channel|>final<|message|>Answer.<|return|>"));

    [Fact]
    public void Read_OtherRecipients_AreCalledByTheirName() => Assert.Equal(
        ["""call browser.search {"query": "x"}"""], Read("""<|channel|>analysis to=browser.search code<|message|>{"query": "x"}<|call|>"""));

    [Fact]
    public void Read_ArgumentsAsAString_AreUnwrapped() => Assert.Equal(
        ["""call f {"a":1}"""], Read("""<|channel|>commentary to=functions.f json<|message|>"{\"a\":1}"<|call|>"""));

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    public void Read_NoArguments_GivesAnEmptyObject(string content) => Assert.Equal(
        ["call f {}"], Read($"<|channel|>commentary to=functions.f <|constrain|>json<|message|>{content}<|call|>"));

    [Theory]
    [InlineData("Just text.")]
    [InlineData("tomorrow")]
    [InlineData("t")]
    [InlineData("< 3")]
    [InlineData("{\"a\": 1}")]
    public void Read_NoHeaderAtAll_IsText(string answer) => Assert.Equal([$"text {answer}"], Read(answer));

    [Theory]
    [InlineData("<|channel|>final<|message|>", "text Hi")]
    [InlineData("<|channel|>analysis<|message|>", "think Hi")]
    public void Read_HeaderInThePrompt_Counts(string header, string expected) => Assert.Equal([expected], Read("Hi<|end|>", Prompt + header));

    [Fact]
    public void Read_CallForcedByThePrompt_IsACall()
    {
        Assert.Equal(["call f {}"], Read("{}<|call|>", Prompt + "<|channel|>commentary to=functions.f <|constrain|>json<|message|>"));
        Assert.Equal(["call f {}"], Read("f <|constrain|>json<|message|>{}<|call|>", Prompt + "<|channel|>commentary to=functions."));
    }

    [Fact]
    public void Read_NoPrompt_IsTheSame() => Assert.Equal(["text Hi"], Read("<|channel|>final<|message|>Hi<|return|>", prompt: ""));

    [Theory]
    [InlineData("<|channel|>commentary?commentary? 2<|end|><|start|>assistant<|channel|>final<|message|>Hi")]
    [InlineData("<|channel|>final<|message|>Hi<|channel|>")]
    [InlineData("<|channel|>final <|constrain|>text<|message|><|message|>Hi<|end|><|start|>assistant<|channel|>fin")]
    [InlineData("<|start|>assistant<|channel|>final<|message|>Hi\n<|end|>\n")]
    public void Read_SlipsInTheHeader_ArePassedOver(string answer) => Assert.Equal("text Hi", string.Join('|', Read(answer)).TrimEnd());

    [Fact]
    public void Read_MissingEnd_TheNextMessageEndsIt() => Assert.Equal(
        ["think Hm.", "text Hi"], Read("<|channel|>analysis<|message|>Hm.<|start|>assistant<|channel|>final<|message|>Hi"));

    [Theory]
    [InlineData("<|channel|>commentary to=functions.f json<|message|>{\"a\": ", "Truncated", " after f {\"a\": ")]
    [InlineData("<|channel|>commentary to=functions.f", "Truncated", "")]
    [InlineData("<|channel|>commentary to=functions.f <|end|>", "UnknownShape", "")]
    [InlineData("<|channel|>commentary to=python code<|message|>print(1)<|call|>", "BadJson", " after python ")]
    [InlineData("<|channel|>commentary to=functions.f json<|message|>[1]<|call|>", "UnknownShape", " after f ")]
    public void Read_BadCall_IsMalformed(string answer, string reason, string after) => Assert.Equal([$"malformed {reason} {answer}{after}"], Read(answer));

    [Fact]
    public void Read_EndlessHeader_IsText()
    {
        var answer = "<|channel|>" + new string('x', 5000) + "<|end|>";
        Assert.Equal([$"text {answer[..^"<|end|>".Length]}"], Read(answer));
    }
}
