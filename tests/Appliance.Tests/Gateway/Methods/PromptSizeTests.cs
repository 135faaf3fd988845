using System.Text.Json.Nodes;
using Appliance.Tests.Http;
using Microsoft.Extensions.AI;
using Models.Generation;
using Models.Tokens;
using TestKit;
using Xunit.Abstractions;

namespace Appliance.Tests.Gateway.Methods;

/// <summary>What a model is told for a short message, with every tool that the gateway has.</summary>
public sealed class PromptSizeTests(ITestOutputHelper output) : GatewayTest
{
    // The room that small models leave for an agent (issue 5).
    private const int MostTokens = 1200;

    [SharedFact("tokenizers/qwen2")]
    public async Task Hello_ToAnOperatorsAgent_IsShort_AndWhatIsSpokenOfIsThere()
    {
        var hash = (await Owner.AskAsync("config.get")).GetProperty("hash").GetString();
        await Owner.AskAsync("config.patch", new JsonObject { ["raw"] = """{"agents":{"main":{"tools":{"profile":"operator"}}}}""", ["baseHash"] = hash });
        var model = new ScriptedSteps([new TextContent("Hello.")], [new TextContent("I will.")]);
        Host.ChatClient = model;
        await SayAndHearAsync("hello", "r1");

        var (messages, options) = Assert.Single(model.Asked);
        var tools = options!.Tools!.OfType<AIFunctionDeclaration>().ToList();
        var folder = Shared.Find("tokenizers", "qwen2")!;
        var prompt = ChatPrompt.Render(ChatTemplate.FromFolder(folder), Tokenizer.FromFolder(folder), messages, tools, null);
        var tokens = Tokenizer.FromFolder(folder).Encode(prompt, addSpecialTokens: false).Length;
        output.WriteLine($"figure: prompt for hello through the gateway: {tokens} tokens with {tools.Count} tools: {string.Join(' ', tools.Select(t => t.Name))}");
        // The way to the others.
        Assert.Contains(tools, t => t.Name == "tools");
        Assert.InRange(tokens, 100, MostTokens);

        await SayAndHearAsync("run a command, and write what it says into your memory", "r2");
        var spokenOf = model.Asked.Last().Options!.Tools!.Select(t => t.Name).ToList();
        Assert.Contains("exec", spokenOf);
        Assert.Contains("process", spokenOf);
        Assert.Contains("memory_write", spokenOf);
    }
}
