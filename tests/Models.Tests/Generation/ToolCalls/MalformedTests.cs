using Models.Generation.ToolCalls;

namespace Models.Tests.Generation.ToolCalls;

public sealed class MalformedTests
{
    private static string[] Read(string answer) => Answers.Read(ToolCallFormat.Hermes, answer);

    [Theory]
    [InlineData("{\"name\": \"f\", \"arguments\": {\"a\": }}", "BadJson", " after f {\"a\": ")]
    [InlineData("{\"name\": \"f\", \"arguments\": {'a': 1}}", "BadJson", " after f {")]
    [InlineData("{\"name\": \"f\", \"arguments\": {\"a\": 01}}", "BadJson", " after f {\"a\": 0")]
    [InlineData("{\"name\": \"f\", \"arguments\": {\"a\": \"\\ud83d\"}}", "BadJson", " after f {\"a\": \"\\ud83d")]
    [InlineData("{\"name\": \"f\", \"arguments\": [1]}", "UnknownShape", " after f ")]
    [InlineData("{\"name\": \"f\", \"arguments\": \"hello\"}", "UnknownShape", " after f ")]
    [InlineData("{\"name\": \"f\", \"arguments\": \"[1]\"}", "UnknownShape", " after f ")]
    [InlineData("{\"name\": \"f\", \"arguments\": {}, \"parameters\": {}}", "UnknownShape", " after f {}")]
    [InlineData("{\"name\": \"f\", \"name\": \"g\"}", "UnknownShape", " after f ")]
    [InlineData("{\"name\": \"\", \"arguments\": {}}", "UnknownShape", "")]
    [InlineData("{\"name\": 1, \"arguments\": {}}", "UnknownShape", "")]
    [InlineData("{\"arguments\": {}}", "UnknownShape", "")]
    [InlineData("{}", "UnknownShape", "")]
    [InlineData("get_weather(city=\"Paris\")", "UnknownShape", "")]
    [InlineData("", "UnknownShape", "")]
    public void Read_BadCall_CarriesItsTextAndTheAnswerGoesOn(string call, string reason, string after)
    {
        var text = $"<tool_call>\n{call}\n</tool_call>";
        Assert.Equal(
            ["text Look.", $"malformed {reason} {text}{after}", "call g {}", "text Bye"],
            Read($"Look.\n{text}\n<tool_call>\n{{\"name\": \"g\", \"arguments\": {{}}}}\n</tool_call>\nBye"));
    }

    [Theory]
    [InlineData("<tool_call>", "")]
    [InlineData("<tool_call>\n{\"na", "")]
    [InlineData("<tool_call>\n{\"name\": \"f\", \"arguments\": {\"a\": \"</tool_call>", " after f {\"a\": \"</tool_call>")]
    public void Read_CutOff_IsMalformed(string answer, string after) => Assert.Equal([$"malformed Truncated {answer}{after}"], Read(answer));

    [Theory]
    [InlineData(62, "call")]
    [InlineData(63, "malformed TooDeep")]
    [InlineData(100_000, "malformed TooDeep")]
    public void Read_DeepArguments_StopAtTheLimit(int arrays, string expected)
    {
        var arguments = $$"""{"a":{{new string('[', arrays)}}{{new string(']', arrays)}}}""";
        Assert.StartsWith(
            expected, Assert.Single(Read($$"""<tool_call>{"name":"f","arguments":{{arguments}}}</tool_call>""")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("<tool_call>{\"name\":\"f\",\"arguments\":{\"a\":\"", "x")] // in a call
    [InlineData("<tool_call>", "\n")]                                       // before one
    [InlineData("<tool_call>oops ", "x")]                                   // in what is none
    public void Read_EndlessCall_StopsAtTheLimitAndGoesOnAsText(string begin, string filler)
    {
        var answer = begin + string.Concat(Enumerable.Repeat(filler, AnswerParser.MaxCallLength)) + "</tool_call> end";
        foreach (var size in new[] { 1000, answer.Length })
        {
            var events = Answers.Events(ToolCallFormat.Hermes, answer.Chunk(size).Select(c => new string(c)));
            var malformed = Assert.Single(events.OfType<ToolCallMalformed>());
            Assert.Equal((MalformedReason.TooLong, AnswerParser.MaxCallLength), (malformed.Reason, malformed.Text.Length));
            Assert.EndsWith("end", string.Concat(events.OfType<TextDelta>().Select(e => e.Text)), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(0)]
    [InlineData(1)]
    public void Read_EndNearTheLimit_IsCutEitherWay(int beyond)
    {
        var answer = "<tool_call>oops ".PadRight(AnswerParser.MaxCallLength + beyond) + "</tool_call>";
        var whole = Answers.Parts(ToolCallFormat.Hermes, [answer]);
        Assert.Equal(beyond < 0 ? "UnknownShape" : "TooLong", whole[0].Text.Split(' ')[0]);
        foreach (var at in Enumerable.Range(AnswerParser.MaxCallLength - 2, 5))
            Assert.Equal(whole, Answers.Parts(ToolCallFormat.Hermes, [answer[..at], answer[at..]]));
    }

    [Fact]
    public void Read_ArgumentsWrappedAgainAndAgain_AreUnwrapped()
    {
        var arguments = "{}";
        for (var i = 0; i < 12; i++) arguments = System.Text.Json.JsonSerializer.Serialize(arguments);
        Assert.Equal(["call f {}"], Read($$"""<tool_call>{"name":"f","arguments":{{arguments}}}</tool_call>"""));
    }
}
