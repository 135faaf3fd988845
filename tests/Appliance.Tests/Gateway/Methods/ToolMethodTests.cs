using System.Text.Json;
using System.Text.Json.Nodes;
using TestKit;

namespace Appliance.Tests.Gateway.Methods;

/// <summary>tools.* over a real socket: the box's own table, under the policy of turns.</summary>
public sealed class ToolMethodTests : GatewayTest
{
    [Fact]
    public async Task Catalog_HasEveryToolOfTheBox_WithTheProfilesThatHaveIt()
    {
        var catalog = await Owner.AskAsync("tools.catalog");
        Assert.Equal(["minimal", "assistant", "operator"], catalog.GetProperty("profiles").EnumerateArray().Select(p => p.GetProperty("id").GetString()));
        var tools = Tools(catalog);
        Assert.Equal(["assistant", "operator"], tools["read"].GetProperty("defaultProfiles").EnumerateArray().Select(p => p.GetString()));
        Assert.Equal(["operator"], tools["exec"].GetProperty("defaultProfiles").EnumerateArray().Select(p => p.GetString()));
        Assert.Equal(3, tools["time"].GetProperty("defaultProfiles").GetArrayLength());
        Assert.Contains(catalog.GetProperty("groups").EnumerateArray(), g => g.GetProperty("id").GetString() == "memory" && g.GetProperty("tools").EnumerateArray().Any(t => t.GetProperty("id").GetString() == "memory_search"));
    }

    [Fact]
    public async Task Effective_IsWhatThePolicyLetsTheSessionsOwnerCall()
    {
        // The default agent is an assistant: commands are not its.
        var mine = await Owner.AskAsync("tools.effective", new JsonObject { ["sessionKey"] = "main" });
        Assert.Equal("assistant", mine.GetProperty("profile").GetString());
        Assert.Contains("read", Tools(mine).Keys);
        Assert.DoesNotContain("exec", Tools(mine).Keys);
        await Owner.AskAsync("people.add", new JsonObject { ["profileId"] = "ann", ["role"] = "guest" });
        var theirs = await Owner.AskAsync("tools.effective", new JsonObject { ["sessionKey"] = "agent:main:direct:ann" });
        Assert.Equal(["calc", "session_status", "time", "tools"], Tools(theirs).Keys.Order(StringComparer.Ordinal));
        Assert.Equal("INVALID_REQUEST", Code(await Owner.RequestAsync("tools.effective")));
        Assert.Equal("INVALID_REQUEST", Code(await Owner.RequestAsync("tools.effective", new JsonObject { ["sessionKey"] = "main", ["agentId"] = "nobody" })));
    }

    [Fact]
    public async Task Invoke_ToolThatReads_AnswersOnceForAKey()
    {
        var file = Path.Combine(Directory.CreateDirectory(Path.Combine(Host.Home, "agents", "main", "workspace")).FullName, "plan.txt");
        await File.WriteAllTextAsync(file, "paint the fence");
        var call = new JsonObject { ["name"] = "read", ["args"] = new JsonObject { ["path"] = "plan.txt" }, ["idempotencyKey"] = "t1" };
        var answer = await Owner.AskAsync("tools.invoke", call.DeepClone());
        Assert.True(answer.GetProperty("ok").GetBoolean(), answer.ToString());
        Assert.Equal(("read", "core"), (answer.GetProperty("toolName").GetString(), answer.GetProperty("source").GetString()));
        Assert.Contains("paint the fence", answer.GetProperty("output").GetProperty("content")[0].GetProperty("text").GetString(), StringComparison.Ordinal);
        await File.WriteAllTextAsync(file, "no fence");
        Assert.Contains("paint the fence", (await Owner.AskAsync("tools.invoke", call)).ToString(), StringComparison.Ordinal);
        var gone = await Owner.AskAsync("tools.invoke", new JsonObject { ["name"] = "read", ["args"] = new JsonObject { ["path"] = "none.txt" } });
        Assert.Equal((false, "internal_error"), (gone.GetProperty("ok").GetBoolean(), gone.GetProperty("error").GetProperty("code").GetString()));
    }

    [Theory]
    [InlineData("exec")]
    [InlineData("write")]
    [InlineData("memory_write")]
    [InlineData("sessions_spawn")]
    [InlineData("cron")]
    [InlineData("no_such_tool")]
    public async Task Invoke_WhatChangesThisBox_OrIsNotThere_IsNotFound_AsByHttp(string tool)
    {
        var answer = await Owner.AskAsync("tools.invoke", new JsonObject { ["name"] = tool, ["args"] = new JsonObject { ["path"] = "x", ["content"] = "x", ["command"] = "id", ["text"] = "x" } });
        Assert.Equal((false, "not_found"), (answer.GetProperty("ok").GetBoolean(), answer.GetProperty("error").GetProperty("code").GetString()));
    }

    [Fact]
    public async Task Invoke_ToolThatReachesOut_AsksAPerson_AndANoIsARefusal()
    {
        var id = await Owner.SendRequestAsync("tools.invoke", new JsonObject { ["name"] = "web_fetch", ["args"] = new JsonObject { ["url"] = "https://192.0.2.1/" } });
        var asked = await Owner.EventAsync("plugin.approval.requested");
        Assert.Equal("web_fetch", asked.GetProperty("request").GetProperty("toolName").GetString());
        await Owner.AskAsync("plugin.approval.resolve", new JsonObject { ["id"] = asked.GetProperty("id").GetString(), ["decision"] = "deny" });
        var answer = (await Owner.ResponseAsync(id)).GetProperty("payload");
        Assert.Equal((false, "forbidden"), (answer.GetProperty("ok").GetBoolean(), answer.GetProperty("error").GetProperty("code").GetString()));
        await using var reader = await GatewayClient.ConnectAsync(Host.Address, Host.Token, ["operator.read"]);
        Assert.Equal("FORBIDDEN", Code(await reader.RequestAsync("tools.invoke", new JsonObject { ["name"] = "time" })));
    }

    private static Dictionary<string, JsonElement> Tools(JsonElement answer) =>
        answer.GetProperty("groups").EnumerateArray().SelectMany(g => g.GetProperty("tools").EnumerateArray()).ToDictionary(t => t.GetProperty("id").GetString()!);
}
