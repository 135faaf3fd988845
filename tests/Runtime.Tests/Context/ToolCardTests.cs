using Microsoft.Extensions.AI;
using Runtime.Context;
using Runtime.Sessions;
using Runtime.Tools;
using Runtime.Tools.Policy;

namespace Runtime.Tests.Context;

public sealed class ToolCardTests
{
    [Fact]
    public void Of_LongTool_KeepsWhatBinds()
    {
        var card = (AIFunctionDeclaration)ToolCard.Of(new Foreign("f", "Does a thing. " + new string('x', 500), $$$"""
            {"$schema":"s","title":"T","type":"object","properties":{"title":{"type":"string","description":"{{{new string('d', 300)}}}","default":"x","enum":["a","title"]},
             "n":{"type":"integer","minimum":1,"examples":[1,2]}},"required":["title"],"additionalProperties":false}
            """.ReplaceLineEndings("") + new string(' ', 400)));
        Assert.Equal("Does a thing.", card.Description);
        var schema = card.JsonSchema.GetRawText();
        Assert.InRange(schema.Length, 50, 300);
        Assert.Equal("a,title", string.Join(',', card.JsonSchema.GetProperty("properties").GetProperty("title").GetProperty("enum").EnumerateArray()));
        Assert.Equal(1, card.JsonSchema.GetProperty("properties").GetProperty("n").GetProperty("minimum").GetInt32());
        Assert.DoesNotContain("examples", schema, StringComparison.Ordinal);
    }

    [Fact]
    public void Choose_TooManyTools_ThoseTheConversationIsAbout_AndTheyStay()
    {
        var tools = Enumerable.Range(0, 60).Select(i => new Foreign($"tool_{i}", i == 42 ? "Reads the weather forecast." : "Does something else.", Schema)).ToArray<Tool>();
        var target = new ContextTarget(2048, null, CanChat: true);
        var first = ToolSelection.Choose(tools, [Said("What is the weather tomorrow?")], target);
        Assert.Contains(tools[42], first);
        Assert.InRange(first.Count, 2, 20);
        Assert.Contains(tools[42], ToolSelection.Choose(tools, [Said("What is the weather tomorrow?"), Said("thanks")], target));
        Assert.DoesNotContain(tools[42], ToolSelection.Choose(tools, [Said("hello")], target));
        Assert.Equal(tools[..8], ToolSelection.Choose(tools[..8], [], target));
        Assert.Empty(ToolSelection.Choose(tools, [], target with { CanChat = false }));
    }

    private const string Schema = """{"type":"object","properties":{"place":{"type":"string"}},"required":["place"]}""";

    private static SessionMessage Said(string text) => new(text, 1, 0, SessionMessage.User, text);

    private sealed class Foreign(string name, string description, string schema) : Tool(name, description, schema)
    {
        public override ToolEffect Effect => ToolEffect.Outward;

        public override ToolProfile Profile => ToolProfile.Operator;

        public override Task<ToolResult> RunAsync(ToolArguments arguments, ToolContext context, CancellationToken cancellation) => Task.FromResult(new ToolResult(""));
    }
}
