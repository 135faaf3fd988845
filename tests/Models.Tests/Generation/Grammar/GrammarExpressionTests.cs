using System.Text;
using System.Text.Json;
using Models.Generation.Grammar;

namespace Models.Tests.Generation.Grammar;

/// <summary>Grammars put together: tool calls of several model families, free text with triggers, special tokens.</summary>
public sealed class GrammarExpressionTests
{
    private static readonly JsonElement Weather =
        JsonDocument.Parse("""{"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}""").RootElement;

    private static GrammarExpression Call(string prefix, string suffix) => GrammarExpression.Sequence(
        GrammarExpression.Literal(prefix + "{\"name\": \"weather\", \"arguments\": "), GrammarExpression.JsonSchema(Weather), GrammarExpression.Literal("}" + suffix));

    [Theory]
    [InlineData("<tool_call>\n", "\n</tool_call>", "\n")]
    [InlineData("", "", "; ")]
    public void Compile_CallsInARow_AreARepetition(string prefix, string suffix, string between)
    {
        var call = Call(prefix, suffix);
        var grammar = GrammarCompiler.Compile(GrammarExpression.Sequence(call, GrammarExpression.Repeat(GrammarExpression.Sequence(GrammarExpression.Literal(between), call))));
        var one = prefix + """{"name": "weather", "arguments": {"city": "Kyiv"}}""" + suffix;
        Assert.True(grammar.Accepts(one));
        Assert.True(grammar.Accepts(one + between + one + between + one));
        Assert.False(grammar.Accepts(one + between));
        Assert.False(grammar.Accepts(one.Replace("Kyiv\"", "Kyiv")));
    }

    [Fact]
    public void Compile_SeveralTools_NameAndArgumentsBelongTogether()
    {
        GrammarExpression Tool(string name, string schema) => GrammarExpression.Sequence(
            GrammarExpression.Literal($"{{\"name\": \"{name}\", \"arguments\": "), GrammarExpression.JsonSchema(JsonDocument.Parse(schema).RootElement), GrammarExpression.Literal("}"));
        var grammar = GrammarCompiler.Compile(GrammarExpression.Choice(
            Tool("get", """{"type": "object", "properties": {"id": {"type": "integer"}}, "required": ["id"]}"""),
            Tool("get_all", """{"type": "object", "properties": {}}""")));
        Assert.True(grammar.Accepts("""{"name": "get", "arguments": {"id": 7}}"""));
        Assert.True(grammar.Accepts("""{"name": "get_all", "arguments": {}}"""));
        Assert.False(grammar.Accepts("""{"name": "get", "arguments": {}}"""));
    }

    [Theory]
    [InlineData("no call at all, but <tool_", true)]
    [InlineData("I look: <tool_call>{\"name\": \"weather\", \"arguments\": {\"city\": \"\"}}", true)]
    [InlineData("<<tool_call>{\"name\": \"weather\", \"arguments\": {\"city\": \"\"}}", true)]
    [InlineData("I look: <tool_call>tomorrow", false)]
    [InlineData("I look: <tool_call>{\"name\": \"weather\", \"arguments\": {\"city\": \"\"}} and", false)]
    [InlineData("[CALL]0", true)]
    [InlineData("[CALL]x", false)]
    public void FreeText_UntilATrigger_IsFreeAndThenBinds(string text, bool isAccepted)
    {
        var grammar = GrammarCompiler.Compile(GrammarExpression.FreeText([("<tool_call>", Call("", "")), ("[CALL]", GrammarExpression.Literal("0"))]));
        Assert.Equal(isAccepted, grammar.Accepts(text));
    }

    [Theory]
    [InlineData("a<c>1b<c>2", true)]
    [InlineData("a<c>1<c>2", true)]
    [InlineData("a<c>3", false)]
    [InlineData("a<c>1b<c>", false)]
    [InlineData("<<c>1c>", true)]
    public void FreeText_ThatResumes_BindsEveryTime(string text, bool isAccepted) =>
        Assert.Equal(isAccepted, GrammarCompiler.Compile(GrammarExpression.FreeText([("<c>", GrammarExpression.Regex("[12]"))], resumes: true)).Accepts(text));

    [Theory]
    [InlineData("xab!", true)]  // 'ab' is complete before 'abc'
    [InlineData("xabc?", false)]
    [InlineData("zcd?", true)]
    [InlineData("bcd?", true)]  // 'bcd' and 'cd' end together: the longer counts
    [InlineData("bcd!", false)]
    public void FreeText_TriggersThatOverlap_TheFirstCompleteCounts(string text, bool isAccepted)
    {
        GrammarExpression Then(string text) => GrammarExpression.Literal(text);
        var grammar = GrammarCompiler.Compile(GrammarExpression.FreeText([("ab", Then("!")), ("abc", Then("?")), ("cd", Then("?")), ("bcd", Then("?"))]));
        Assert.Equal(isAccepted, grammar.Accepts(text));
    }

    [Fact]
    public void SpecialToken_InTheVocabulary_IsTheOnlyWayAndIsForced()
    {
        var vocabulary = Vocabularies.WithTexts("<|call|>", "<|other|>");
        var grammar = GrammarCompiler.Compile(GrammarExpression.Sequence(GrammarExpression.SpecialToken("<|call|>"), GrammarExpression.Literal("x")));
        var matcher = new TokenConstraint(grammar, vocabulary).CreateMatcher();
        Assert.Equal([257], matcher.Allowed(vocabulary));
        Assert.Equal([257, 'x'], matcher.ForcedTokens());
        Assert.Equal([257, 'x'], matcher.ShortestCompletion());
        Assert.False(matcher.Accept('<'));
        Assert.False(matcher.Accept(258));
        Assert.True(matcher.Accept(257));
        Assert.True(matcher.Accept('x'));
        Assert.True(matcher.IsComplete);
    }

    [Fact]
    public void SpecialToken_NotInTheVocabulary_IsSpelled() =>
        Assert.True(GrammarCompiler.Compile(GrammarExpression.SpecialToken("<|call|>")).Accepts("<|call|>"));

    [Fact]
    public void FreeText_TriggerThatIsASpecialToken_BindsEitherWay()
    {
        var vocabulary = Vocabularies.WithTexts("<|call|>", "<|other|>");
        var constraint = new TokenConstraint(GrammarCompiler.Compile(GrammarExpression.FreeText([("<|call|>", GrammarExpression.Literal("x"))])), vocabulary);
        foreach (var trigger in (int[][])[[257], [.. Encoding.ASCII.GetBytes("<|call|>").Select(value => (int)value)], ['<', '|', 257]])
        {
            var matcher = constraint.CreateMatcher();
            Assert.Contains(257, matcher.Allowed(vocabulary));
            Assert.DoesNotContain(258, matcher.Allowed(vocabulary));
            Assert.True(matcher.Accept('h'));
            Assert.All(trigger, token => Assert.True(matcher.Accept(token)));
            Assert.Equal(['x'], matcher.Allowed(vocabulary));
        }
    }

    [Fact]
    public void Repeat_Bounds_AreKept()
    {
        var grammar = GrammarCompiler.Compile(GrammarExpression.Repeat(GrammarExpression.Literal("ab"), 2, 3));
        Assert.Equal([false, false, true, true, false], Enumerable.Range(0, 5).Select(n => grammar.Accepts(string.Concat(Enumerable.Repeat("ab", n)))));
        Assert.Throws<ArgumentOutOfRangeException>(() => GrammarExpression.Repeat(GrammarExpression.Literal("a"), 2, 1));
    }
}
