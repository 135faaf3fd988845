using System.Text.Json;
using System.Text.Json.Nodes;
using TestKit;

namespace Clients;

/// <summary>The 26 invocations of PROTOCOL.md §8 with the unchanged openclaw program: each exits 0 and prints our state.</summary>
public sealed class OpenClawTests(ClientsFixture fixture) : IClassFixture<ClientsFixture>
{
    private OpenClaw Claw => fixture.OpenClaw;

    [Fact]
    public async Task Health_ByConfigurationAndByCall_IsOurs()
    {
        foreach (var health in new[] { await Claw.AskAsync("health", "--json"), await Claw.CallAsync("health") })
        {
            Assert.True(health.GetProperty("ok").GetBoolean());
            Assert.Equal("main", health.GetProperty("defaultAgentId").GetString());
            Assert.Equal("main", health.GetProperty("agents")[0].GetProperty("agentId").GetString());
        }
    }

    [Fact]
    public async Task Status_InAllItsForms_ReachesTheGateway()
    {
        var status = await Claw.AskAsync("status", "--json");
        Assert.True(status.GetProperty("gateway").GetProperty("reachable").GetBoolean(), status.ToString());
        Assert.Contains("reachable", await Claw.RunAsync("status"), StringComparison.Ordinal);
        Assert.Contains("reachable", await Claw.RunAsync("status", "--all"), StringComparison.Ordinal);
        Assert.Contains("Connectivity probe: ok", await Claw.RunAsync(["gateway", "status", .. Claw.ByArguments]), StringComparison.Ordinal);
        Assert.Contains("Reachable: yes", await Claw.RunAsync(["gateway", "probe", .. Claw.ByArguments]), StringComparison.Ordinal);
        Assert.Equal(JsonValueKind.Number, (await Claw.CallAsync("status")).GetProperty("sessions").GetProperty("count").ValueKind);
    }

    [SharedFact(ClientsFixture.Model)]
    public async Task Agent_IsAnsweredByTheLocalModel_AndItsSessionIsListed()
    {
        var answer = await Claw.AskAsync("agent", "--agent", "main", "-m", "Once upon a time", "--json");
        Assert.Equal("ok", answer.GetProperty("status").GetString());
        var said = answer.GetProperty("result").GetProperty("payloads")[0].GetProperty("text").GetString()!;
        Assert.Equal("story", answer.GetProperty("result").GetProperty("meta").GetProperty("agentMeta").GetProperty("model").GetString());
        Assert.NotEqual("", (await Claw.RunAsync("agent", "--agent", "main", "-m", "And then")).Trim());

        await using var owner = await fixture.ConnectAsync();
        var history = await owner.AskAsync("chat.history", new JsonObject { ["sessionKey"] = "main" });
        Assert.Contains(said, history.GetProperty("messages").EnumerateArray().Select(m => m.GetProperty("content")[0].GetProperty("text").GetString()));
        var theirs = await Claw.CallAsync("chat.history", """{"sessionKey":"agent:main:main"}""");
        Assert.True(JsonElement.DeepEquals(history.GetProperty("messages"), theirs.GetProperty("messages")), theirs.ToString());
        var sessions = await Claw.CallAsync("sessions.list", """{"limit":5}""");
        Assert.Equal("agent:main:main", sessions.GetProperty("sessions")[0].GetProperty("key").GetString());
        var usage = await Claw.AskAsync("gateway", "usage-cost", "--json");
        var cost = (await owner.AskAsync("usage.cost")).GetProperty("totals").GetProperty("totalTokens").GetInt64();
        Assert.Equal(cost, usage.GetProperty("totals").GetProperty("totalTokens").GetInt64());
    }

    [SharedFact(ClientsFixture.Model)]
    public async Task Models_AreOurs()
    {
        var models = await Claw.AskAsync("models", "list", "--json");
        Assert.Equal("local/story", models.GetProperty("models")[0].GetProperty("key").GetString());
        Assert.Equal("story", (await Claw.CallAsync("models.list")).GetProperty("models")[0].GetProperty("id").GetString());
    }

    [Fact]
    public async Task Lists_OfWhatIsNotThere_AreEmptyAndNoErrors()
    {
        Assert.Empty((await Claw.AskAsync("cron", "list", "--json")).GetProperty("jobs").EnumerateArray());
        Assert.Equal(0, (await Claw.AskAsync("cron", "status", "--json")).GetProperty("jobs").GetInt32());
        await Claw.AskAsync("channels", "status", "--json");
        // What is on nobody's list is asked about, and denied where nobody is there.
        Assert.Equal("allowlist", (await Claw.CallAsync("exec.approvals.get")).GetProperty("resolvedDefaults").GetProperty("security").GetString());
        await Claw.RunAsync("approvals", "get", "--gateway");
        Assert.Contains("no channel", await Claw.FailAsync("message", "send", "--channel", "telegram", "--target", "1", "--message", "hi"), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Cron_AJobThatIsAdded_IsListedAndCounted()
    {
        await using var owner = await fixture.ConnectAsync();
        await Claw.RunAsync("cron", "add", "--name", "stretch", "--every", "9h", "--message", "hi");
        var listed = (await Claw.AskAsync("cron", "list", "--json")).GetProperty("jobs").EnumerateArray().Single(job => job.GetProperty("name").GetString() == "stretch");
        Assert.Equal(9 * 3_600_000, listed.GetProperty("schedule").GetProperty("everyMs").GetInt64());
        Assert.Equal(1, (await Claw.AskAsync("cron", "status", "--json")).GetProperty("jobs").GetInt32());
        var ours = (await owner.AskAsync("cron.list")).GetProperty("jobs")[0];
        Assert.Equal(ours.GetProperty("id").GetString(), listed.GetProperty("id").GetString());
        await owner.AskAsync("cron.remove", new JsonObject { ["id"] = ours.GetProperty("id").GetString() });
    }

    [SharedFact(ClientsFixture.Model)]
    public async Task Facts_OfSessionsTurnsAndPresence_AreOurs()
    {
        await using var owner = await fixture.ConnectAsync();
        await owner.AskAsync("sessions.create", new JsonObject { ["key"] = "plans", ["label"] = "Plans" });
        await owner.AskAsync("agent.wait", new JsonObject { ["runId"] = "none", ["timeoutMs"] = 0 });
        await owner.AskAsync("chat.send", new JsonObject { ["sessionKey"] = "plans", ["message"] = "There was a dog", ["idempotencyKey"] = "facts-1" });
        await owner.EventAsync("chat", c => c.GetProperty("runId").GetString() == "facts-1" && c.GetProperty("state").GetString() == "final");
        await using var tui = await GatewayClient.OpenAsync(fixture.Server.Client.BaseAddress!);
        var key = new DeviceKey(33);
        await tui.AskAsync("connect", tui.Device(key, new JsonObject { ["token"] = "0123456789abcdef0123456789abcdef" }));

        var ours = (await owner.AskAsync("sessions.list")).GetProperty("sessions").EnumerateArray().Select(s => s.GetProperty("key").GetString()).ToHashSet();
        var status = await Claw.AskAsync("status", "--json");
        Assert.Equal(ours.Count, status.GetProperty("sessions").GetProperty("count").GetInt32());
        Assert.Subset(ours, status.GetProperty("sessions").GetProperty("recent").EnumerateArray().Select(s => s.GetProperty("key").GetString()).ToHashSet());
        Assert.Equal("story", status.GetProperty("sessions").GetProperty("defaults").GetProperty("model").GetString());
        var devices = (await Claw.AskAsync("devices", "list", "--json")).GetProperty("paired").EnumerateArray().Select(d => d.GetProperty("deviceId").GetString());
        Assert.Contains(key.Id, devices);
        var presence = (await Claw.AskAsync("system", "presence")).EnumerateArray().ToArray();
        Assert.Contains(key.Id, presence.Select(p => p.TryGetProperty("deviceId", out var id) ? id.GetString() : null));
        var stability = await Claw.AskAsync("gateway", "stability", "--json");
        Assert.Equal((await owner.AskAsync("diagnostics.stability", new JsonObject { ["limit"] = 1000 })).GetProperty("count").GetInt32(), stability.GetProperty("count").GetInt32());
        Assert.True(stability.GetProperty("count").GetInt32() > 0);
    }

    [Fact]
    public async Task Skills_AreTheBundledOnes()
    {
        var skills = (await Claw.AskAsync("skills", "list", "--json")).GetProperty("skills").EnumerateArray().ToArray();
        Assert.Contains(skills, skill => skill.GetProperty("name").GetString() == "units" && skill.GetProperty("eligible").GetBoolean());
    }

    [Fact]
    public async Task System_TellsWhoIsThere_AndTheLogSaysWhoCame()
    {
        var presence = await Claw.AskAsync("system", "presence");
        Assert.Equal("gateway", presence[0].GetProperty("mode").GetString());
        await Claw.RunAsync("system", "heartbeat", "last");
        Assert.Contains("connected as operator", await Claw.RunAsync("logs", "--limit", "20"), StringComparison.Ordinal);
        Assert.False((await Claw.CallAsync("config.get")).GetProperty("exists").GetBoolean());
    }

    [SharedFact(ClientsFixture.Model)]
    public async Task SystemEvent_BeginsATurn()
    {
        await Claw.RunAsync("system", "event", "--text", "the door opened", "--mode", "now");
        await using var owner = await fixture.ConnectAsync();
        var said = (await owner.AskAsync("chat.history", new JsonObject { ["sessionKey"] = "main" })).GetProperty("messages").EnumerateArray();
        Assert.Contains("System event: the door opened", said.Select(m => m.GetProperty("content")[0].GetProperty("text").GetString()));
    }

    [Fact]
    public async Task Doctor_And_SecurityAudit_EndWell()
    {
        await Claw.RunAsync("doctor");
        await Claw.RunAsync("security", "audit", "--deep");
    }

    [Fact]
    public async Task NodeHost_PairsAndAnswersAnInvoke()
    {
        await using var owner = await fixture.ConnectAsync();
        var address = fixture.Server.Client.BaseAddress!;
        using var host = new OpenClaw(address, "0123456789abcdef0123456789abcdef");
        using var node = host.Start(["node", "run", "--host", address.Host, "--port", $"{address.Port}"]);
        try
        {
            var requested = await owner.EventAsync("node.pair.requested");
            var (request, id) = (requested.GetProperty("requestId").GetString()!, requested.GetProperty("nodeId").GetString()!);
            var list = await Claw.AskAsync("nodes", "list", "--json");
            Assert.Equal(request, list.GetProperty("pending")[0].GetProperty("requestId").GetString());
            await Claw.RunAsync("nodes", "approve", request);
            var status = await Claw.AskAsync("nodes", "status", "--json");
            Assert.Equal(id, status.GetProperty("nodes")[0].GetProperty("nodeId").GetString());
            var answer = await Claw.AskAsync("nodes", "invoke", "--node", id, "--command", "system.which", "--params", """{"bins":["sh"]}""");
            Assert.EndsWith("/sh", answer.GetProperty("payload").GetProperty("bins").GetProperty("sh").GetString(), StringComparison.Ordinal);
            var devices = await Claw.AskAsync("devices", "list", "--json");
            Assert.Contains(id, devices.GetProperty("paired").EnumerateArray().Select(d => d.GetProperty("deviceId").GetString()));
        }
        finally
        {
            node.Kill(entireProcessTree: true);
            await node.WaitForExitAsync();
        }
    }
}
