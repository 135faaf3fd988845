using System.Text.Json;
using System.Text.Json.Nodes;
using Appliance.Tests.Http;
using Microsoft.Extensions.AI;
using TestKit;

namespace Appliance.Tests.Gateway.Methods;

/// <summary>Skills that are programs, called by what a person says: asked about, run by a real Node, told to the model.</summary>
public sealed class SkillTurnTests : GatewayTest
{
    [NodeFact]
    public async Task Say_WhatCallsASkill_AsksThePerson_AndTheModelReadsItsAnswer()
    {
        Put("dice", """{"name":"dice","description":"Throws dice.","triggers":["throw {count} dice"]}""",
            "let t = ''; process.stdin.on('data', d => t += d).on('end', () => console.log('thrown: ' + JSON.parse(t).count + ' by ' + JSON.parse(t).text))");
        var model = new ScriptedSteps([new TextContent("Six.")], [new TextContent("Hello.")], [new TextContent("Not now.")]);
        Host.ChatClient = model;
        await SayAsync("Throw three dice!", "r1");
        var asked = await Owner.EventAsync("exec.approval.requested");
        Assert.Contains("node dice/index.js", asked.GetProperty("request").GetProperty("command").GetString(), StringComparison.Ordinal);
        Assert.Empty(model.Asked);
        await Owner.AskAsync("exec.approval.resolve", new JsonObject { ["id"] = asked.GetProperty("id").GetString(), ["decision"] = "allow-once" });
        Assert.Equal("Six.", Text((await EndAsync("r1")).GetProperty("message")));
        var (messages, options) = model.Asked.Single();
        var result = messages.SelectMany(m => m.Contents).OfType<FunctionResultContent>().Single();
        // What it says is data to the model, as what every program prints.
        Assert.Contains("thrown: three by Throw three dice!", $"{result.Result}", StringComparison.Ordinal);
        Assert.Contains("<data", $"{result.Result}", StringComparison.Ordinal);
        Assert.Contains("skill_run", options!.Tools!.Select(t => t.Name));
        Assert.Equal(["user", "assistant", "toolResult", "assistant"], (await HistoryAsync()).Select(r => r.GetProperty("role").GetString()));

        await SayAsync("hello", "r2");
        Assert.Equal("Hello.", Text((await EndAsync("r2")).GetProperty("message")));

        await SayAsync("throw two dice", "r3");
        await Owner.AskAsync("exec.approval.resolve", new JsonObject { ["id"] = (await Owner.EventAsync("exec.approval.requested")).GetProperty("id").GetString(), ["decision"] = "deny" });
        Assert.Equal("Not now.", Text((await EndAsync("r3")).GetProperty("message")));
        Assert.Contains("Not run", $"{model.Asked.Last().Messages.SelectMany(m => m.Contents).OfType<FunctionResultContent>().Last().Result}", StringComparison.Ordinal);
    }

    [Fact]
    public async Task Say_WithoutSuchASkill_TheModelIsNotToldOfTheTool()
    {
        var model = new ScriptedSteps([new TextContent("Hello.")]);
        Host.ChatClient = model;
        await SayAndHearAsync("run a skill program", "r1");
        Assert.DoesNotContain("skill_run", model.Asked.Single().Options!.Tools!.Select(t => t.Name));
    }

    private Task<JsonElement> EndAsync(string run) => Owner.EventAsync("chat", c => c.GetProperty("runId").GetString() == run && c.GetProperty("state").GetString() is "final" or "aborted" or "error");

    private void Put(string name, string config, string script)
    {
        var folder = Directory.CreateDirectory(Path.Combine(Host.Home, "skills", name)).FullName;
        File.WriteAllText(Path.Combine(folder, "config.json"), config);
        File.WriteAllText(Path.Combine(folder, "index.js"), script);
    }
}
