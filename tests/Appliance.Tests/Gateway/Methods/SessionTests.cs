using System.Text.Json;
using System.Text.Json.Nodes;
using TestKit;

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

    [Fact]
    public async Task Reading_BeginsNoSession()
    {
        var history = await Owner.AskAsync("chat.history", new JsonObject { ["sessionKey"] = "main" });
        Assert.Empty(history.GetProperty("messages").EnumerateArray());
        Assert.False(history.TryGetProperty("sessionId", out _));
        Assert.Equal("agent:main:main", history.GetProperty("sessionInfo").GetProperty("key").GetString());
        await Owner.AskAsync("chat.startup", new JsonObject { ["sessionKey"] = "main" });
        await Owner.AskAsync("chat.message.get", new JsonObject { ["sessionKey"] = "main", ["messageId"] = "x" });
        await Owner.AskAsync("sessions.describe", new JsonObject { ["key"] = "main" });
        await Owner.AskAsync("sessions.messages.subscribe", new JsonObject { ["key"] = "main" });
        Assert.False(Directory.Exists(Path.Combine(Host.Home, "agents")));
        // Whoever has read before the session began reads it whole.
        await SayAndHearAsync("hi", "r1");
        var delta = await Owner.AskAsync("chat.history", new JsonObject { ["sessionKey"] = "main", ["cursor"] = history.GetProperty("deltaCursor").GetString() });
        Assert.Equal("reset", delta.GetProperty("kind").GetString());
    }

    [Fact]
    public async Task Compact_PutsASummaryInPlace_AndKeepsEveryWord()
    {
        for (var i = 0; i < 4; i++) await SayAndHearAsync($"question {i}", $"r{i}");
        await Owner.AskAsync("sessions.subscribe");
        Host.Tiny.Answer = _ => Http.ScriptedModel.Say("They talked.");
        var done = await Owner.AskAsync("sessions.compact", new JsonObject { ["key"] = "main" });
        Assert.True(done.GetProperty("compacted").GetBoolean());
        Assert.Equal("They talked.", done.GetProperty("result").GetProperty("summary").GetString());
        Assert.Equal("start", (await Owner.EventAsync("session.operation")).GetProperty("phase").GetString());
        Assert.True((await Owner.EventAsync("session.operation")).GetProperty("completed").GetBoolean());
        Assert.Equal("system", (await Owner.EventAsync("session.message")).GetProperty("message").GetProperty("role").GetString());
        Assert.Equal("compact", (await Owner.EventAsync("sessions.changed")).GetProperty("reason").GetString());
        await SayAndHearAsync("and now", "last");
        var told = Host.Tiny.Tokenizer.Decode(Host.Tiny.Calls.Last().Prompt);
        Assert.Contains("They talked.", told, StringComparison.Ordinal);
        Assert.DoesNotContain("question 0", told, StringComparison.Ordinal);
        Assert.Contains("question 3", told, StringComparison.Ordinal);
        var rows = await HistoryAsync();
        Assert.Equal(11, rows.Length);
        Assert.Equal("question 0", Text(rows[0]));
        Assert.Equal("compaction", rows[8].GetProperty("__openclaw").GetProperty("kind").GetString());
        Assert.False((await Owner.AskAsync("sessions.compact", new JsonObject { ["key"] = "main", ["maxLines"] = 100 })).GetProperty("compacted").GetBoolean());
    }

    [Fact]
    public async Task Fork_FromAQuestion_GivesItToTheEditor_AndFromAnAnswerKeepsIt()
    {
        await SayAndHearAsync("one", "r1");
        await SayAndHearAsync("two", "r2");
        var ids = (await HistoryAsync()).Select(r => r.GetProperty("__openclaw").GetProperty("id").GetString()!).ToArray();
        var question = await Owner.AskAsync("sessions.fork", new JsonObject { ["sessionKey"] = "main", ["entryId"] = ids[2] });
        Assert.Equal("two", question.GetProperty("editorText").GetString());
        Assert.Equal(["one", "Hello from the box."], (await HistoryAsync(question.GetProperty("sessionKey").GetString()!)).Select(Text));
        var answer = await Owner.AskAsync("sessions.fork", new JsonObject { ["sessionKey"] = "main", ["entryId"] = ids[3] });
        Assert.False(answer.TryGetProperty("editorText", out _));
        Assert.Equal(4, (await HistoryAsync(answer.GetProperty("sessionKey").GetString()!)).Length);
        Assert.Equal("INVALID_REQUEST", Code(await Owner.RequestAsync("sessions.fork", new JsonObject { ["sessionKey"] = "main", ["entryId"] = "none" })));
        var branches = (await Owner.AskAsync("sessions.branches.list", new JsonObject { ["sessionKey"] = "main" })).GetProperty("branches");
        Assert.Equal(ids[3], branches[0].GetProperty("leafEntryId").GetString());
        // Whoever looks at another transcript does not send into this one.
        var late = await Owner.RequestAsync("chat.send", new JsonObject { ["sessionKey"] = "main", ["message"] = "x", ["idempotencyKey"] = "r9", ["expectedLeafEntryId"] = "gone" });
        Assert.Equal("active-leaf-changed", late.GetProperty("error").GetProperty("details").GetProperty("reason").GetString());
    }

    [Fact]
    public async Task Search_FindsMessages_AndMessageGetReadsThem()
    {
        await SayAndHearAsync("where is the red fox", "r1");
        await SayAndHearAsync("the red barn", "r2", "other");
        var found = await Owner.AskAsync("sessions.search", new JsonObject { ["query"] = "FOX red" });
        var hit = found.GetProperty("results").EnumerateArray().Single();
        Assert.Equal("agent:main:main", hit.GetProperty("sessionKey").GetString());
        var message = await Owner.AskAsync("chat.message.get", new JsonObject { ["sessionKey"] = "main", ["messageId"] = hit.GetProperty("messageId").GetString(), ["maxChars"] = 8 });
        Assert.Equal("where is", Text(message.GetProperty("message")));
        Assert.Equal("not_found", (await Owner.AskAsync("chat.message.get", new JsonObject { ["sessionKey"] = "main", ["messageId"] = "none" })).GetProperty("unavailableReason").GetString());
        Assert.Equal(2, (await Owner.AskAsync("sessions.search", new JsonObject { ["query"] = "red" })).GetProperty("results").GetArrayLength());
        Assert.Equal(1, (await Owner.AskAsync("sessions.search", new JsonObject { ["query"] = "red", ["sessionKeys"] = new JsonArray("other") })).GetProperty("results").GetArrayLength());
    }

    [Fact]
    public async Task Groups_FollowTheirSessions()
    {
        await Owner.AskAsync("sessions.create", new JsonObject { ["key"] = "plans", ["category"] = "Work" });
        Assert.Equal("Work", (await Owner.AskAsync("sessions.groups.list")).GetProperty("groups")[0].GetProperty("name").GetString());
        Assert.Equal("INVALID_REQUEST", Code(await Owner.RequestAsync("sessions.groups.put", new JsonObject { ["names"] = new JsonArray("Home") })));
        await Owner.AskAsync("sessions.groups.put", new JsonObject { ["names"] = new JsonArray("Home", "Work") });
        var renamed = await Owner.AskAsync("sessions.groups.rename", new JsonObject { ["name"] = "Work", ["to"] = "Job" });
        Assert.Equal(1, renamed.GetProperty("updatedSessions").GetInt32());
        Assert.Equal("Job", (await Owner.AskAsync("sessions.describe", new JsonObject { ["key"] = "plans" })).GetProperty("session").GetProperty("category").GetString());
        await Owner.AskAsync("sessions.groups.delete", new JsonObject { ["name"] = "Job" });
        Assert.Equal("Home", (await Owner.AskAsync("sessions.groups.list")).GetProperty("groups").EnumerateArray().Single().GetProperty("name").GetString());
        Assert.False((await Owner.AskAsync("sessions.describe", new JsonObject { ["key"] = "plans" })).GetProperty("session").TryGetProperty("category", out _));
    }

    [Fact]
    public async Task PatchMany_TellsOfEachAlone()
    {
        await Owner.AskAsync("sessions.create", new JsonObject { ["key"] = "a" });
        await Owner.AskAsync("sessions.create", new JsonObject { ["key"] = "b" });
        var outcomes = (await Owner.AskAsync("sessions.patchMany", new JsonObject
        {
            ["targets"] = new JsonArray(new JsonObject { ["key"] = "a" }, new JsonObject { ["key"] = "main" }, new JsonObject { ["key"] = "b", ["expectedSessionId"] = "other" }),
            ["patch"] = new JsonObject { ["archived"] = true },
        })).GetProperty("outcomes");
        Assert.Equal([true, false, false], outcomes.EnumerateArray().Select(o => o.GetProperty("ok").GetBoolean()));
        Assert.Equal(["agent:main:b"], (await Owner.AskAsync("sessions.list")).GetProperty("sessions").EnumerateArray().Select(s => s.GetProperty("key").GetString()));
    }

    [Fact]
    public async Task Recover_AsksAgain_WhatHasNoAnswer()
    {
        Host.LoadFault = new Models.Generation.GenerationException("not now");
        await SayAndHearAsync("hi", "r1");
        Host.LoadFault = null;
        var recovered = await Owner.AskAsync("sessions.recover", new JsonObject { ["key"] = "main" });
        var run = recovered.GetProperty("continuation").GetProperty("runId").GetString();
        await Owner.EventAsync("chat", c => c.GetProperty("runId").GetString() == run && c.GetProperty("state").GetString() == "final");
        Assert.Equal("rejected", (await Owner.AskAsync("sessions.recover", new JsonObject { ["key"] = "main" })).GetProperty("continuation").GetProperty("status").GetString());
    }

    [Fact]
    public async Task Recover_ByTheOwner_OfWhatSomebodyElseSaid_HasTheirRights()
    {
        await Owner.AskAsync("people.add", new JsonObject { ["profileId"] = "ann", ["role"] = "guest" });
        var token = (await Owner.AskAsync("people.token.rotate", new JsonObject { ["profileId"] = "ann" })).GetProperty("token").GetString()!;
        await using var ann = await GatewayClient.ConnectAsync(Host.Address, token);
        Host.LoadFault = new Models.Generation.GenerationException("not now");
        await ann.AskAsync("chat.send", new JsonObject { ["sessionKey"] = "main", ["message"] = "hi", ["idempotencyKey"] = "ann-1" });
        await ann.EventAsync("chat", c => c.GetProperty("runId").GetString() == "ann-1" && c.GetProperty("state").GetString() == "error");
        Host.LoadFault = null;
        await Owner.AskAsync("sessions.recover", new JsonObject { ["key"] = "agent:main:direct:ann" });
        await ann.EventAsync("chat", c => c.GetProperty("state").GetString() == "final");
        var lines = Directory.EnumerateFiles(Path.Combine(Host.Home, "agents", "main", "sessions")).SelectMany(File.ReadLines).Where(line => line.Contains("\"user\"", StringComparison.Ordinal)).ToArray();
        Assert.Equal(2, lines.Length);
        Assert.All(lines, line => Assert.Contains("\"origin\":{\"person\":\"ann\"}", line, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Usage_CountsWhatWasSaid()
    {
        await SayAndHearAsync("hi", "r1");
        await SayAndHearAsync("/status", "r2");
        var usage = await Owner.AskAsync("sessions.usage");
        Assert.Equal(1, usage.GetProperty("aggregates").GetProperty("messages").GetProperty("assistant").GetInt32());
        var tokens = usage.GetProperty("totals").GetProperty("totalTokens").GetInt64();
        Assert.True(tokens > 0);
        Assert.Equal(tokens, usage.GetProperty("sessions")[0].GetProperty("usage").GetProperty("totalTokens").GetInt64());
        Assert.Equal(tokens, (await Owner.AskAsync("usage.cost")).GetProperty("totals").GetProperty("totalTokens").GetInt64());
        Assert.Equal(tokens, (await Owner.AskAsync("sessions.usage.timeseries", new JsonObject { ["key"] = "main" })).GetProperty("points")[0].GetProperty("cumulativeTokens").GetInt64());
        Assert.Equal(4, (await Owner.AskAsync("sessions.usage.logs", new JsonObject { ["key"] = "main" })).GetProperty("logs").GetArrayLength());
        Assert.Equal(0, (await Owner.AskAsync("sessions.usage", new JsonObject { ["startDate"] = "2020-01-01", ["endDate"] = "2020-01-02" })).GetProperty("totals").GetProperty("totalTokens").GetInt64());
        Assert.Equal("INVALID_REQUEST", Code(await Owner.RequestAsync("sessions.usage", new JsonObject { ["startDate"] = "yesterday" })));
    }

    [Fact]
    public async Task Tasks_AreTheTurns_AndARestartWaitsForThem()
    {
        Host.Tiny.Answer = cancellation => Http.ScriptedModel.SayAndHang("begun", cancellation);
        await SayAsync("long work", "r1");
        await Owner.EventAsync("chat", c => c.GetProperty("state").GetString() == "delta");
        var task = (await Owner.AskAsync("tasks.list", new JsonObject { ["status"] = new JsonArray("queued", "running") })).GetProperty("tasks")[0];
        Assert.Equal(("running", "long work"), (task.GetProperty("status").GetString(), task.GetProperty("title").GetString()));
        Assert.False((await Owner.AskAsync("gateway.restart.preflight")).GetProperty("safe").GetBoolean());
        Assert.True((await Owner.AskAsync("tasks.cancel", new JsonObject { ["taskId"] = "r1" })).GetProperty("cancelled").GetBoolean());
        await Owner.EventAsync("chat", c => c.GetProperty("state").GetString() == "aborted");
        Assert.Equal("ok", (await Owner.AskAsync("agent.wait", new JsonObject { ["runId"] = "r1" })).GetProperty("status").GetString());
        Assert.Equal("cancelled", (await Owner.AskAsync("tasks.get", new JsonObject { ["taskId"] = "r1" })).GetProperty("task").GetProperty("status").GetString());
        Assert.True((await Owner.AskAsync("gateway.restart.preflight")).GetProperty("safe").GetBoolean());
    }

    // Attack path-02: keys and ids that could be taken for paths.
    [Theory]
    [InlineData("../../x")]
    [InlineData("a/b")]
    [InlineData("con")]
    [InlineData("agent:../x:main")]
    [InlineData("\u2024\u2024/x")]
    [InlineData("\uff0e\uff0e\uff0fx")]
    public async Task Path02_KeyOrId_IsRefusedByAStrictPattern(string name)
    {
        foreach (var (method, field) in new[] { ("chat.send", "sessionKey"), ("chat.history", "sessionKey"), ("sessions.patch", "key"), ("sessions.create", "key"), ("sessions.reset", "key"), ("agent", "sessionId") })
        {
            var response = await Owner.RequestAsync(method, new JsonObject { [field] = name, ["message"] = "x", ["idempotencyKey"] = $"{method}{name}" });
            Assert.True(!response.GetProperty("ok").GetBoolean(), $"{method}: {response}");
            Assert.Equal("INVALID_REQUEST", Code(response));
        }
        Assert.Equal("INVALID_REQUEST", Code(await Owner.RequestAsync("chat.send", new JsonObject { ["sessionKey"] = new string('a', 4096), ["message"] = "x", ["idempotencyKey"] = "long" })));
        Assert.False(Directory.Exists(Path.Combine(Host.Home, "agents")));
    }

    [Fact]
    public async Task Identity_IsTheBoxesOwn_AndStays()
    {
        var identity = await Owner.AskAsync("gateway.identity.get");
        Assert.Equal(Models.Crypto.BoxKey.Open(Host.Home).Id, identity.GetProperty("deviceId").GetString());
        Assert.Equal(43, identity.GetProperty("publicKey").GetString()!.Length);
    }

    [Fact]
    public async Task Rewind_ToAQuestion_GivesItToTheEditor_AndTheOriginalCanBeBroughtBack()
    {
        await SayAndHearAsync("first", "r1");
        await SayAndHearAsync("second", "r2");
        var before = await HistoryAsync();
        var rewound = await Owner.AskAsync("sessions.rewind", new JsonObject { ["sessionKey"] = "main", ["entryId"] = Id(before[2]) });
        Assert.Equal("second", rewound.GetProperty("editorText").GetString());
        Assert.Equal([Id(before[0]), Id(before[1])], (await HistoryAsync()).Select(Id));
        await SayAndHearAsync("third", "r3");

        var branches = (await Owner.AskAsync("sessions.branches.list", new JsonObject { ["sessionKey"] = "main" })).GetProperty("branches").EnumerateArray().ToArray();
        Assert.Equal([true, false], branches.Select(b => b.GetProperty("active").GetBoolean()));
        Assert.Equal(Id(before[3]), branches[1].GetProperty("leafEntryId").GetString());
        await Owner.AskAsync("sessions.branches.switch", new JsonObject { ["sessionKey"] = "main", ["leafEntryId"] = Id(before[3]) });
        Assert.Equal(before.Select(Id), (await HistoryAsync()).Select(Id));
        await Owner.AskAsync("sessions.branches.switch", new JsonObject { ["sessionKey"] = "main", ["leafEntryId"] = branches[0].GetProperty("leafEntryId").GetString() });
        Assert.Equal("third", Text((await HistoryAsync())[2]));
        Assert.Equal("INVALID_REQUEST", Code(await Owner.RequestAsync("sessions.branches.switch", new JsonObject { ["sessionKey"] = "main", ["leafEntryId"] = "none" })));

        await Owner.AskAsync("sessions.reset", new JsonObject { ["key"] = "main" });
        Assert.Empty((await Owner.AskAsync("sessions.branches.list", new JsonObject { ["sessionKey"] = "main" })).GetProperty("branches").EnumerateArray());

        static string Id(JsonElement message) => message.GetProperty("__openclaw").GetProperty("id").GetString()!;
    }
}
