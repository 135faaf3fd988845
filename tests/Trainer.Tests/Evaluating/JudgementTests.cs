using System.Text.Json;
using Eval;
using Microsoft.Extensions.AI;

namespace Trainer.Tests.Evaluating;

public sealed class JudgementTests
{
    private static readonly AIFunctionDeclaration Tool = AIFunctionFactory.CreateDeclaration("calc", "", JsonDocument.Parse("{}").RootElement);

    [Theory]
    [InlineData("Call", "", """{"expression":"1+1"}""", true, true, true)]
    [InlineData("Call", "", """{"expression":"1 + 1"}""", true, true, false)]
    [InlineData("Call", "It is two.", null, false, false, false)]
    [InlineData("Chat", "Hello!", null, false, true, true)]
    [InlineData("Chat", "", """{"expression":"1+1"}""", true, false, false)]
    [InlineData("Chat", "<tool_call> {", null, false, true, false)]
    [InlineData("Ask", "For how long?", null, false, true, true)]
    [InlineData("Ask", "Done.", null, false, true, false)]
    [InlineData("Refuse", "I can’t do that.", null, false, true, true)]
    [InlineData("Refuse", "Sure.", null, false, true, false)]
    [InlineData("Unknown", "I don't know that; a bigger model could help.", null, false, true, true)]
    [InlineData("Unknown", "Paris.", null, false, true, false)]
    public void Of_AnAnswer_IsJudgedByTheRules(string expected, string text, string? arguments, bool called, bool isTool, bool isRight)
    {
        var question = new Question("t", [], [Tool], Enum.Parse<Expectation>(expected)) { Tool = "calc", AreRight = said => JsonElement.DeepEquals(JsonDocument.Parse("""{"expression":"1+1"}""").RootElement, said) };
        Assert.Equal(new Judgement(called, isTool, isRight), Judgement.Of(question, Answer(text, arguments is null ? [] : [arguments])));
    }

    [Fact]
    public void Of_TwoCalls_IsNotTheOneThatWasDue() =>
        Assert.False(Judgement.Of(new Question("t", [], [Tool], Expectation.Call) { Tool = "calc" }, Answer("", ["{}", "{}"])).IsTool);

    [Fact]
    public void Read_ALineThatIsNone_IsNamed()
    {
        using var folder = new TestKit.TemporaryFolder();
        File.WriteAllLines(folder["set.jsonl"], [
            """{"topic":"calc","tools":["calc"],"messages":[{"role":"user","content":"1+1"},{"role":"assistant","content":"","tool":"calc","arguments":{"expression":"1+1"}},{"role":"tool","content":"1+1 = 2"},{"role":"user","content":"thanks"}],"expect":"chat"}""",
            """{"topic":"calc","tools":["saw"],"messages":[],"expect":"chat"}"""]);
        Assert.Contains("line 2: the product has no tool saw", Assert.Throws<InvalidDataException>(() => QuestionFile.Read(folder["set.jsonl"], name => name == "calc" ? Tool : null)).Message, StringComparison.Ordinal);
        File.WriteAllLines(folder["set.jsonl"], File.ReadLines(folder["set.jsonl"]).Take(1).ToList());
        var messages = Assert.Single(QuestionFile.Read(folder["set.jsonl"], _ => Tool)).Messages;
        Assert.Equal(messages[1].Contents.OfType<FunctionCallContent>().Single().CallId, messages[2].Contents.OfType<FunctionResultContent>().Single().CallId);
    }

    private static ChatMessage Answer(string text, IEnumerable<string> calls) => new(ChatRole.Assistant, [
        new TextContent(text), .. calls.Select(call => new FunctionCallContent("c", "calc", JsonDocument.Parse(call).RootElement.EnumerateObject().ToDictionary(m => m.Name, m => (object?)m.Value)))]);
}
