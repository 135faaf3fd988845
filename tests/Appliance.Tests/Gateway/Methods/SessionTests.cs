using System.Text.Json.Nodes;

namespace Appliance.Tests.Gateway.Methods;

public sealed class SessionTests : GatewayTest
{
    [Fact]
    public async Task Sessions_AreCreatedListedChangedResetAndDeleted()
    {
        await Owner.AskAsync("sessions.subscribe");
        var created = await Owner.AskAsync("sessions.create", new JsonObject { ["key"] = "agent:main:plans", ["label"] = "Plans" });
        Assert.Equal("create", (await Owner.EventAsync("sessions.changed")).GetProperty("reason").GetString());
        await SayAndHearAsync("first words", "r1", "plans");
        await SayAndHearAsync("hi", "r2");

        var list = await Owner.AskAsync("sessions.list", new JsonObject { ["limit"] = 1 });
        Assert.Equal("agent:main:main", list.GetProperty("sessions")[0].GetProperty("key").GetString());
        Assert.Equal((1, 2, true, 1), (list.GetProperty("count").GetInt32(), list.GetProperty("totalCount").GetInt32(), list.GetProperty("hasMore").GetBoolean(), list.GetProperty("nextOffset").GetInt32()));
        var found = await Owner.AskAsync("sessions.list", new JsonObject { ["search"] = "PLAN" });
        Assert.Equal("Plans", found.GetProperty("sessions")[0].GetProperty("displayName").GetString());
        Assert.Equal("Hello from the box.", found.GetProperty("sessions")[0].GetProperty("lastMessagePreview").GetString());

        await Owner.AskAsync("sessions.patch", new JsonObject { ["key"] = "plans", ["label"] = null, ["pinned"] = true, ["model"] = "local/other:7b" });
        var row = (await Owner.AskAsync("sessions.describe", new JsonObject { ["key"] = "plans" })).GetProperty("session");
        Assert.Equal("first words", row.GetProperty("displayName").GetString());
        Assert.Equal("other:7b", row.GetProperty("model").GetString());
        Assert.True(row.GetProperty("pinned").GetBoolean());
        await SayAndHearAsync("to the other", "r3", "plans");
        Assert.Contains("other:7b", Host.LoadedNames);

        var reset = await Owner.AskAsync("sessions.reset", new JsonObject { ["key"] = "plans" });
        Assert.NotEqual(created.GetProperty("sessionId").GetString(), reset.GetProperty("entry").GetProperty("sessionId").GetString());
        Assert.Equal("other:7b", reset.GetProperty("entry").GetProperty("model").GetString());
        Assert.Empty(await HistoryAsync("plans"));
        var deleted = await Owner.AskAsync("sessions.delete", new JsonObject { ["key"] = "plans" });
        Assert.True(File.Exists(deleted.GetProperty("archived")[0].GetString()));
        Assert.Equal(1, (await Owner.AskAsync("sessions.list")).GetProperty("totalCount").GetInt32());
    }

    [Theory]
    [InlineData("""{"key":"main","model":"nothere"}""", "INVALID_REQUEST")]
    [InlineData("""{"key":"main","thinkingLevel":"high"}""", "INVALID_REQUEST")]
    [InlineData("""{"key":"main","execSecurity":"full"}""", "UNAVAILABLE")]
    [InlineData("""{"key":"main","expectedSessionId":"other","label":"x"}""", "INVALID_REQUEST")]
    public async Task Patch_WhatCannotBe_IsRefused(string parameters, string code)
    {
        await HistoryAsync();
        Assert.Equal(code, Code(await Owner.RequestAsync("sessions.patch", JsonNode.Parse(parameters))));
    }

    [Fact]
    public async Task Patch_OfTheAdministratorsSettings_NeedsTheAdministrator()
    {
        await using var writer = await TestKit.GatewayClient.ConnectAsync(Host.Address, Host.Token, ["operator.write"]);
        Assert.Equal("FORBIDDEN", Code(await writer.RequestAsync("sessions.patch", new JsonObject { ["key"] = "main", ["execSecurity"] = "full" })));
        Assert.Equal("FORBIDDEN", Code(await writer.RequestAsync("sessions.reset", new JsonObject { ["key"] = "main" })));
        Assert.True((await writer.RequestAsync("sessions.patch", new JsonObject { ["key"] = "main", ["label"] = "mine" })).GetProperty("ok").GetBoolean());
    }

    [Fact]
    public async Task Preview_And_Resolve_TellWhatIsThere()
    {
        await SayAndHearAsync("hello", "r1");
        var previews = (await Owner.AskAsync("sessions.preview", new JsonObject { ["keys"] = new JsonArray("agent:main:main", "agent:main:none") })).GetProperty("previews");
        Assert.Equal(("ok", "missing"), (previews[0].GetProperty("status").GetString(), previews[1].GetProperty("status").GetString()));
        Assert.Equal(["user", "assistant"], previews[0].GetProperty("items").EnumerateArray().Select(i => i.GetProperty("role").GetString()));
        Assert.Equal("agent:main:main", (await Owner.AskAsync("sessions.resolve", new JsonObject { ["key"] = "main" })).GetProperty("key").GetString());
        Assert.Equal("INVALID_REQUEST", Code(await Owner.RequestAsync("sessions.resolve", new JsonObject { ["key"] = "none" })));
    }
}
