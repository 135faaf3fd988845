using Microsoft.Extensions.AI;
using Runtime.Agents;
using Runtime.Agents.Routing;
using Runtime.Agents.Turns;
using Runtime.Sessions;
using Runtime.Tests.Agents.Turns;
using Runtime.Tools.Policy;
using static Runtime.Tests.Agents.Turns.ScriptedModels;

namespace Runtime.Tests.Tools.Sessions;

public sealed class HandOverTests
{
    private static readonly AgentSettings Main = new() { Tools = new ToolRules { Profile = ToolProfile.Assistant } };
    private static readonly AgentSettings Cook = new() { Id = "cook", Tools = new ToolRules { Profile = ToolProfile.Minimal, Allow = ["handover"] } };
    private static readonly AgentSettings Clock = new() { Id = "clock", Activation = Activation.Scheduled };

    [Fact]
    public async Task HandOver_TheOtherAnswersWithItsOwnToolsAndPersona_UntilItGivesBack()
    {
        using var bench = Bench();
        File.WriteAllText(Path.Combine(Directory.CreateDirectory(bench.Agents.Find("cook")!.Workspace).FullName, "SOUL.md"), "You are the cook.");
        bench.Models.Script(step => step switch
        {
            0 => [Call("handover", """{"agent":"cook"}""")],
            1 => [new TextContent("The cook goes on.")],
            2 => [new TextContent("Soup, then.")],
            3 => [Call("handover", """{"agent":"main"}""")],
            _ => [new TextContent("Back.")],
        });
        Assert.Equal("The cook goes on.", (await bench.AskAsync("what shall I cook?")).Answer!.Text);
        bench.Restart();
        bench.Agents.Set([Main, Cook, Clock]);
        Assert.Equal("Soup, then.", (await bench.AskAsync("with leeks")).Answer!.Text);
        var (messages, options) = bench.Models.Asked[^1];
        Assert.Contains(messages, m => m.Role == ChatRole.System && m.Text.Contains("You are the cook.", StringComparison.Ordinal));
        Assert.Contains(messages, m => m.Text.Contains("what shall I cook?", StringComparison.Ordinal));
        Assert.DoesNotContain(options!.Tools!, tool => tool.Name == "write");

        await bench.AskAsync("thanks, back to the other");
        Assert.Null(bench.Main.Settings.HandedTo);
        await bench.AskAsync("hello again");
        Assert.Contains(bench.Models.Asked[^1].Options!.Tools!, tool => tool.Name == "write");
        Assert.Empty(bench.Faults);
    }

    [Theory]
    [InlineData("nobody", "There are: cook.")]
    [InlineData("clock", "There are: cook.")]
    [InlineData("main", "There are: cook.")]
    public async Task HandOver_ToWhoCannotAnswer_IsRefused(string agent, string why)
    {
        using var bench = Bench();
        bench.Models.Script(step => step == 0 ? [Call("handover", $$"""{"agent":"{{agent}}"}""")] : [new TextContent("no")]);
        await bench.AskAsync("go");
        Assert.Contains(why, bench.Main.Read().Single(m => m.Role == SessionMessage.Tool).Text, StringComparison.Ordinal);
        Assert.Null(bench.Main.Settings.HandedTo);
    }

    [Fact]
    public async Task HandOver_OfAnotherPersonsConversation_IsRefused()
    {
        using var bench = Bench();
        bench.Models.Script(step => step == 0 ? [Call("handover", """{"agent":"cook"}""")] : [new TextContent("no")]);
        await bench.AskAsync("go", origin: TurnOrigin.Owner with { Person = "anna" });
        Assert.True(bench.Main.Read().Single(m => m.Role == SessionMessage.Tool).IsError);
        Assert.Null(bench.Main.Settings.HandedTo);
    }

    [Fact]
    public async Task HandedOver_ToAnAgentThatIsGone_IsItsOwnAgentsAgain_AndSoIsOneThatBeginsAnew()
    {
        using var bench = Bench();
        bench.Main.Set(settings => settings with { HandedTo = "cook" });
        bench.Agents.Set([Main]);
        Assert.Equal("fine", (await bench.AskAsync("hello")).Answer!.Text);
        Assert.Contains(bench.Models.Asked[^1].Options!.Tools!, tool => tool.Name == "write");
        Assert.Null(bench.Agents.Default.Sessions.Reset(SessionKey.Main).Settings.HandedTo);
    }

    private static TurnBench Bench()
    {
        var bench = new TurnBench(Main);
        bench.Agents.Set([Main, Cook, Clock]);
        return bench;
    }
}
