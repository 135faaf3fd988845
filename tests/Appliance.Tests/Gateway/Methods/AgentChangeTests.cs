using System.Text.Json;
using System.Text.Json.Nodes;

namespace Appliance.Tests.Gateway.Methods;

public sealed class AgentChangeTests : GatewayTest
{
    [Fact]
    public async Task Create_Agent_HasItsOwnSessionsFilesAndHistory()
    {
        var created = await Owner.AskAsync("agents.create", new JsonObject { ["name"] = "Home Office" });
        Assert.Equal(("home-office", "Home Office"), (created.GetProperty("agentId").GetString(), created.GetProperty("name").GetString()));
        Assert.Contains("\"home-office\"", await File.ReadAllTextAsync(Path.Combine(Host.Home, "appliance.json")), StringComparison.Ordinal);
        Assert.Equal(["main", "home-office"], Ids(await Owner.AskAsync("agents.list")));

        await Owner.AskAsync("chat.send", new JsonObject { ["agentId"] = "home-office", ["sessionKey"] = "main", ["message"] = "for the office", ["idempotencyKey"] = "r1" });
        await Owner.EventAsync("chat", c => c.GetProperty("runId").GetString() == "r1" && c.GetProperty("state").GetString() == "final");
        await SayAndHearAsync("for home", "r2");

        Assert.Equal("for the office", Text((await HistoryAsync("agent:home-office:main"))[0]));
        Assert.Equal("for home", Text((await HistoryAsync())[0]));
        Assert.Single(Directory.GetFiles(Path.Combine(Host.Home, "agents", "home-office", "sessions"), "*.jsonl"));
        var all = (await Owner.AskAsync("sessions.list")).GetProperty("sessions").EnumerateArray().Select(s => s.GetProperty("key").GetString()!).Order().ToArray();
        Assert.Equal(["agent:home-office:main", "agent:main:main"], all);
        var one = (await Owner.AskAsync("sessions.list", new JsonObject { ["agentId"] = "home-office" })).GetProperty("sessions");
        Assert.Equal("agent:home-office:main", Assert.Single(one.EnumerateArray()).GetProperty("key").GetString());

        await Owner.AskAsync("agents.files.set", new JsonObject { ["agentId"] = "home-office", ["name"] = "SOUL.md", ["content"] = "busy" });
        Assert.True(File.Exists(Path.Combine(Host.Home, "agents", "home-office", "workspace", "SOUL.md")));
        Assert.Equal("Home Office", (await Owner.AskAsync("agent.identity.get", new JsonObject { ["agentId"] = "home-office" })).GetProperty("name").GetString());
        Assert.Equal(2, (await Owner.AskAsync("health")).GetProperty("agents").GetArrayLength());
    }

    [Fact]
    public async Task Agent_OfAnotherAgent_AnswersInItsOwnSession_AndAKeyOfOneWithTheOtherIsRefused()
    {
        await Owner.AskAsync("agents.create", new JsonObject { ["name"] = "work" });
        var accepted = await Owner.AskAsync("agent", new JsonObject { ["agentId"] = "work", ["message"] = "hello", ["idempotencyKey"] = "r1" });
        Assert.Equal(("work", "agent:work:main"), (accepted.GetProperty("agentId").GetString(), accepted.GetProperty("sessionKey").GetString()));
        var refused = await Owner.RequestAsync("chat.history", new JsonObject { ["agentId"] = "work", ["sessionKey"] = "agent:main:main" });
        Assert.Equal("INVALID_REQUEST", Code(refused));
        await Owner.AskAsync("agent.wait", new JsonObject { ["runId"] = "r1" });
    }

    [Fact]
    public async Task Events_OfATurn_NameTheAgentThatAnswers()
    {
        await Owner.AskAsync("agents.create", new JsonObject { ["name"] = "work" });
        await Owner.AskAsync("sessions.subscribe");
        await Owner.AskAsync("chat.send", new JsonObject { ["sessionKey"] = "agent:work:main", ["message"] = "hello", ["idempotencyKey"] = "r1" });
        foreach (var name in (string[])["agent", "chat", "sessions.changed"])
            Assert.Equal("work", (await Owner.EventAsync(name, e => e.GetProperty("sessionKey").GetString() == "agent:work:main")).GetProperty("agentId").GetString());
        await Owner.AskAsync("agent.wait", new JsonObject { ["runId"] = "r1" });
    }

    [Fact]
    public async Task Update_ModelAndName_CountAtOnce_AndAnUnknownModelIsRefused()
    {
        await Owner.AskAsync("agents.create", new JsonObject { ["name"] = "work" });
        await Owner.AskAsync("agents.update", new JsonObject { ["agentId"] = "work", ["name"] = "Work", ["model"] = "other:7b" });
        var row = (await Owner.AskAsync("agents.list")).GetProperty("agents")[1];
        Assert.Equal(("Work", "local/other:7b"), (row.GetProperty("name").GetString(), row.GetProperty("model").GetProperty("primary").GetString()));
        Assert.Equal("other:7b", (await Owner.AskAsync("chat.history", new JsonObject { ["sessionKey"] = "agent:work:main" })).GetProperty("sessionInfo").GetProperty("model").GetString());
        Assert.Equal("INVALID_REQUEST", Code(await Owner.RequestAsync("agents.update", new JsonObject { ["agentId"] = "work", ["model"] = "none" })));
        Assert.Equal("INVALID_REQUEST", Code(await Owner.RequestAsync("agents.update", new JsonObject { ["agentId"] = "work", ["workspace"] = "not/full" })));
        Assert.Equal("INVALID_REQUEST", Code(await Owner.RequestAsync("agents.create", new JsonObject { ["name"] = "Work" })));
        Assert.Equal("INVALID_REQUEST", Code(await Owner.RequestAsync("agents.create", new JsonObject { ["name"] = "../.." })));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Delete_Agent_IsGoneAtOnce_AndItsFilesStayOrAreSetAside(bool files)
    {
        await Owner.AskAsync("agents.create", new JsonObject { ["name"] = "work" });
        await SayAndHearAsync("remember me", "r1", "agent:work:main");
        await Owner.AskAsync("agents.delete", new JsonObject { ["agentId"] = "work", ["deleteFiles"] = files });
        Assert.Equal(["main"], Ids(await Owner.AskAsync("agents.list")));
        Assert.Contains("unknown agent id", (await Owner.RequestAsync("chat.history", new JsonObject { ["sessionKey"] = "agent:work:main" })).ToString(), StringComparison.Ordinal);
        Assert.Equal(files ? 1 : 0, Directory.GetDirectories(Path.Combine(Host.Home, "agents"), "work.deleted.*").Length);

        // Whoever makes it anew finds what was left.
        await Owner.AskAsync("agents.create", new JsonObject { ["name"] = "work" });
        Assert.Equal(files ? 0 : 2, (await HistoryAsync("agent:work:main")).Length);
        Assert.Equal("INVALID_REQUEST", Code(await Owner.RequestAsync("agents.delete", new JsonObject { ["agentId"] = "main" })));
    }

    [Fact]
    public async Task Configuration_WithAnAgent_CountsWithoutARestart()
    {
        await Owner.AskAsync("config.patch", new JsonObject { ["raw"] = """{"agents":{"work":{"tools":{"profile":"minimal"}}}}""", ["baseHash"] = (await Owner.AskAsync("config.get")).GetProperty("hash").GetString() });
        Assert.Equal(["main", "work"], Ids(await Owner.AskAsync("agents.list")));
        var wrong = await Owner.RequestAsync("config.patch", new JsonObject { ["raw"] = """{"agents":{"Bad Id":{}}}""", ["baseHash"] = (await Owner.AskAsync("config.get")).GetProperty("hash").GetString() });
        Assert.Contains("no agent's id", wrong.ToString().Replace("\\u0027", "'", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    private static string[] Ids(JsonElement list) => [.. list.GetProperty("agents").EnumerateArray().Select(a => a.GetProperty("id").GetString()!)];
}
