using System.Text.Json;
using System.Text.Json.Nodes;
using TestKit;

namespace Appliance.Tests.Gateway.Methods;

public sealed class CronTests : GatewayTest
{
    [SharedFact(Transcripts.Folder)]
    public async Task Jobs_AddedListedChangedAndRemoved_AreOfTheReferencesShape()
    {
        var fields = WireFields.Read();
        var added = await Owner.AskAsync("cron.add", Job());
        Assert.Empty(fields.Validate("CronAddResult", added));
        var id = added.GetProperty("id").GetString()!;
        var told = await Owner.EventAsync("cron");
        Assert.Equal(("added", id), (told.GetProperty("action").GetString(), told.GetProperty("jobId").GetString()));

        var page = await Owner.AskAsync("cron.list", new JsonObject { ["limit"] = 10, ["offset"] = 0 });
        Assert.Equal((1, 0, 10, false), (page.GetProperty("total").GetInt32(), page.GetProperty("offset").GetInt32(), page.GetProperty("limit").GetInt32(), page.GetProperty("hasMore").GetBoolean()));
        Assert.Equal(JsonValueKind.Null, page.GetProperty("nextOffset").ValueKind);
        Assert.NotEmpty(page.GetProperty("snapshotRevision").GetString()!);
        var status = await Owner.AskAsync("cron.status");
        Assert.Equal(added.GetProperty("nextRunAtMs").GetInt64(), status.GetProperty("nextWakeAtMs").GetInt64());

        var patch = new JsonObject { ["id"] = id, ["expectedConfigRevision"] = added.GetProperty("configRevision").GetString(), ["patch"] = new JsonObject { ["enabled"] = false, ["name"] = "rest" } };
        var changed = await Owner.AskAsync("cron.update", patch.DeepClone().AsObject());
        Assert.Equal(("rest", false), (changed.GetProperty("name").GetString(), changed.GetProperty("enabled").GetBoolean()));
        Assert.Equal("INVALID_REQUEST", Code(await Owner.RequestAsync("cron.update", patch)));
        Assert.Equal(0, (await Owner.AskAsync("cron.list")).GetProperty("total").GetInt32());
        Assert.Equal("rest", (await Owner.AskAsync("cron.get", new JsonObject { ["jobId"] = id })).GetProperty("name").GetString());

        await Owner.AskAsync("cron.remove", new JsonObject { ["id"] = id });
        var gone = await Owner.RequestAsync("cron.get", new JsonObject { ["id"] = id });
        Assert.Equal("CRON_JOB_NOT_FOUND", gone.GetProperty("error").GetProperty("details").GetProperty("code").GetString());
    }

    [SharedFact(Transcripts.Folder)]
    public async Task Run_Asked_IsATurnOfTheAgent_AndStandsInTheHistory()
    {
        var id = (await Owner.AskAsync("cron.add", Job())).GetProperty("id").GetString()!;
        var run = await Owner.AskAsync("cron.run", new JsonObject { ["id"] = id, ["mode"] = "force" });
        var finished = await Owner.EventAsync("cron", e => e.GetProperty("action").GetString() == "finished");
        Assert.Equal(run.GetProperty("runId").GetString(), finished.GetProperty("runId").GetString());
        var entry = (await Owner.AskAsync("cron.runs", new JsonObject { ["id"] = id })).GetProperty("entries")[0];
        Assert.Empty(WireFields.Read().Validate("CronRunLogEntry", entry));
        Assert.Equal(("ok", $"agent:main:cron:{id}"), (entry.GetProperty("status").GetString(), entry.GetProperty("sessionKey").GetString()));
        Assert.Equal(2, (await HistoryAsync($"agent:main:cron:{id}")).Length);
    }

    [SharedFact(Transcripts.Folder)]
    public async Task Scratch_OfAnotherRevision_IsNotWritten()
    {
        var fields = WireFields.Read();
        var id = (await Owner.AskAsync("cron.add", Job())).GetProperty("id").GetString()!;
        Assert.Empty(fields.Validate("CronScratchGetResult", await Owner.AskAsync("cron.scratch.get", new JsonObject { ["id"] = id })));
        var set = await Owner.AskAsync("cron.scratch.set", new JsonObject { ["id"] = id, ["content"] = "seen 3", ["expectedRevision"] = 0 });
        Assert.Empty(fields.Validate("CronScratchSetResult", set));
        var conflict = await Owner.AskAsync("cron.scratch.set", new JsonObject { ["id"] = id, ["content"] = "x", ["expectedRevision"] = 0 });
        Assert.Empty(fields.Validate("CronScratchSetResult", conflict));
        Assert.Equal("seen 3", (await Owner.AskAsync("cron.scratch.get", new JsonObject { ["id"] = id })).GetProperty("scratch").GetProperty("content").GetString());
    }

    [Fact]
    public async Task Wake_ForTheNextHeartbeat_BeginsNoTurn_AndHeartbeatsCanRest()
    {
        await Owner.AskAsync("wake", new JsonObject { ["mode"] = "next-heartbeat", ["text"] = "the door opened" });
        await Owner.AskAsync("system-event", new JsonObject { ["text"] = "the window opened" });
        await Owner.AskAsync("system-event", new JsonObject { ["text"] = "Node: phone is there", ["wake"] = true });
        Assert.Empty((await Owner.AskAsync("sessions.list")).GetProperty("sessions").EnumerateArray());
        var workspace = Directory.CreateDirectory(Path.Combine(Host.Home, "agents", "main", "workspace")).FullName;
        Assert.Equal(0, (await Owner.AskAsync("health")).GetProperty("heartbeatSeconds").GetInt32());
        await File.WriteAllTextAsync(Path.Combine(workspace, "HEARTBEAT.md"), "- look at the disk");
        Assert.Equal(1800, (await Owner.AskAsync("health")).GetProperty("heartbeatSeconds").GetInt32());
        Assert.False((await Owner.AskAsync("set-heartbeats", new JsonObject { ["enabled"] = false })).GetProperty("enabled").GetBoolean());
        Assert.Equal(0, (await Owner.AskAsync("health")).GetProperty("heartbeatSeconds").GetInt32());
        Assert.Equal(JsonValueKind.Null, (await Owner.AskAsync("last-heartbeat")).ValueKind);
    }

    [Fact]
    public async Task SystemEvent_ThatWakes_BeginsATurn_ForAnAdministratorAlone()
    {
        await using var writer = await TestKit.GatewayClient.ConnectAsync(Host.Address, Host.Token, ["operator.write"]);
        Assert.Equal("FORBIDDEN", Code(await writer.RequestAsync("system-event", new JsonObject { ["text"] = "x" })));
        await Owner.AskAsync("sessions.subscribe");
        await Owner.AskAsync("system-event", new JsonObject { ["text"] = "the door opened", ["wake"] = true });
        await Owner.EventAsync("chat", c => c.GetProperty("state").GetString() == "final");
        Assert.Equal("System event: the door opened", Text((await HistoryAsync())[0]));
        Assert.Equal("INVALID_REQUEST", Code(await Owner.RequestAsync("system-event", new JsonObject())));
    }

    [Theory]
    [InlineData("schedule", """{"kind":"cron","expr":"61 * * * *"}""")]
    [InlineData("schedule", """{"kind":"cron","expr":"* * * * *","tz":"Europe/Nowhere"}""")]
    [InlineData("schedule", """{"kind":"at","at":"2020-01-01T00:00:00Z"}""")]
    [InlineData("schedule", """{"kind":"on-exit","command":"make"}""")]
    [InlineData("payload", """{"kind":"command","argv":["rm","-rf","/"]}""")]
    [InlineData("sessionTarget", "\"session:../../x\"")]
    [InlineData("agentId", "\"other\"")]
    [InlineData("trigger", """{"script":"1"}""")]
    public async Task Add_OfWhatCannotRun_IsRefused_AndKeepsNothing(string name, string value)
    {
        var job = Job();
        job[name] = JsonNode.Parse(value);
        Assert.False((await Owner.RequestAsync("cron.add", job)).GetProperty("ok").GetBoolean());
        Assert.Equal(0, (await Owner.AskAsync("cron.status")).GetProperty("jobs").GetInt32());
    }

    // attacks.jsonl, surface web_fetch/image/cron-webhook: ssrf-01 to ssrf-22.
    [SharedFact("evals/attacks.jsonl")]
    public async Task Webhook_ToWhatIsInside_IsNotCalled_AndTellsNothing()
    {
        var told = new HashSet<string>();
        var addresses = File.ReadLines(Shared.Find("evals", "attacks.jsonl")!).Select(line => JsonElement.Parse(line))
            .Where(row => row.GetProperty("surface").GetString() == "web_fetch/image/cron-webhook").Select(row => row.GetProperty("input").GetString()!.Split(' ')[0]).ToList();
        Assert.True(addresses.Count >= 22);
        foreach (var address in addresses)
        {
            var job = Job();
            job["delivery"] = new JsonObject { ["mode"] = "webhook", ["to"] = address };
            Assert.False((await Owner.RequestAsync("cron.add", job.DeepClone().AsObject())).GetProperty("ok").GetBoolean());
            // Not even encrypted. (fe80::1%25eth0 is no address of a URI at all.)
            job["delivery"]!["to"] = address.Replace("http:", "https:", StringComparison.Ordinal);
            var added = await Owner.RequestAsync("cron.add", job);
            if (!added.GetProperty("ok").GetBoolean()) continue;
            await Owner.AskAsync("cron.run", new JsonObject { ["id"] = added.GetProperty("payload").GetProperty("id").GetString() });
            var finished = await Owner.EventAsync("cron", e => e.GetProperty("action").GetString() == "finished");
            var state = finished.GetProperty("job").GetProperty("state");
            Assert.Equal("not-delivered", state.GetProperty("lastDeliveryStatus").GetString());
            told.Add(state.GetProperty("lastDeliveryError").GetString()!);
        }
        Assert.Single(told);
    }

    private static JsonObject Job() => JsonNode.Parse("""
        {"name":"t1","enabled":true,"schedule":{"kind":"every","everyMs":600000},"sessionTarget":"isolated","wakeMode":"now","payload":{"kind":"agentTurn","message":"ping"},"delivery":{"mode":"announce","channel":"last"}}
        """)!.AsObject();
}
