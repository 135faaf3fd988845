using System.Text.Json;
using System.Text.Json.Nodes;
using Appliance.Tests.Http;
using Models.Generation;
using TestKit;

namespace Appliance.Tests.Gateway.Methods;

public sealed class ChatTests : GatewayTest
{
    [Fact]
    public async Task Send_AnswersFirst_ThenTellsTheTurnInOrder()
    {
        await Owner.AskAsync("sessions.subscribe");
        var started = await SayAsync("hi", "r1");
        Assert.Equal(("r1", "started"), (started.GetProperty("runId").GetString(), started.GetProperty("status").GetString()));
        var told = new List<string>();
        JsonElement payload = default;
        while (told.LastOrDefault() != "sessions.changed agent.input.settled")
        {
            var frame = await Owner.Events.ReadAsync();
            payload = frame.GetProperty("payload");
            told.Add(frame.GetProperty("event").GetString() switch
            {
                "chat" => $"chat {payload.GetProperty("state").GetString()}",
                "agent" => $"agent {payload.GetProperty("stream").GetString()}" + (payload.GetProperty("data").TryGetProperty("phase", out var phase) ? $" {phase.GetString()}" : ""),
                "task" => $"task {payload.GetProperty("task").GetProperty("status").GetString()}",
                "session.message" => $"message {payload.GetProperty("message").GetProperty("role").GetString()}",
                var other => $"{other} {(payload.TryGetProperty("reason", out var reason) ? reason : payload.GetProperty("phase")).GetString()}",
            });
        }
        // How many deltas there are depends on time; one at least, and together they are the answer.
        Assert.Equal(
            ["sessions.changed send", "message user", "chat status", "agent lifecycle start", "sessions.changed start", "task running", "agent assistant", "chat delta", "agent usage",
                "message assistant", "agent lifecycle end", "chat final", "sessions.changed end", "sessions.changed agent.input.settled"],
            told.Distinct());
        Assert.Equal("Hello from the box.", (await HistoryAsync()).Select(Text).Last());
    }

    [Fact]
    public async Task Events_OfManyTurns_AreNumberedWithoutAGap()
    {
        for (var i = 0; i < 5; i++) await SayAndHearAsync($"hi {i}", $"r{i}");
        await Owner.RequestAsync("health");
        await using var other = await GatewayClient.ConnectAsync(Host.Address, Host.Token);
        await other.AskAsync("chat.send", new JsonObject { ["sessionKey"] = "main", ["message"] = "x", ["idempotencyKey"] = "last" });
        long expected = 1;
        while (true)
        {
            var frame = await other.Events.ReadAsync();
            Assert.Equal(expected++, frame.GetProperty("seq").GetInt64());
            if (frame.GetProperty("event").GetString() == "chat" && frame.GetProperty("payload").GetProperty("state").GetString() == "final") return;
        }
    }

    [Fact]
    public async Task Send_TheSameKeyAgain_SaysNothingTwice()
    {
        await SayAndHearAsync("hi", "r1");
        Assert.Equal("ok", (await SayAsync("hi", "r1")).GetProperty("status").GetString());
        await SayAndHearAsync("more", "r2");
        Assert.Equal(["hi", "Hello from the box.", "more", "Hello from the box."], (await HistoryAsync()).Select(Text));
        Assert.Equal(2, Host.Tiny.Calls.Count);
    }

    [Fact]
    public async Task Send_WhileItRuns_IsKnownToBeInFlight()
    {
        Host.Tiny.Answer = cancellation => ScriptedModel.SayAndHang("begun", cancellation);
        await SayAsync("hi", "r1");
        await Owner.EventAsync("chat", c => c.GetProperty("state").GetString() == "delta");
        Assert.Equal("in_flight", (await SayAsync("hi", "r1")).GetProperty("status").GetString());
        var history = await Owner.AskAsync("chat.history", new JsonObject { ["sessionKey"] = "main" });
        Assert.Equal("begun", history.GetProperty("inFlightRun").GetProperty("text").GetString());
        Assert.True(history.GetProperty("sessionInfo").GetProperty("hasActiveRun").GetBoolean());
        var aborted = await Owner.AskAsync("chat.abort", new JsonObject { ["sessionKey"] = "main" });
        Assert.Equal("r1", aborted.GetProperty("runIds")[0].GetString());
        var end = await Owner.EventAsync("chat", c => c.GetProperty("state").GetString() == "aborted");
        Assert.Equal("rpc", end.GetProperty("stopReason").GetString());
        var rows = await HistoryAsync();
        Assert.Equal(["hi", "begun"], rows.Select(Text));
        Assert.Equal("aborted", rows[1].GetProperty("stopReason").GetString());
    }

    [Fact]
    public async Task Send_TwoAtOnce_AreAnsweredOneAfterTheOther()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Host.Tiny.Answer = _ => Wait(gate.Task);
        await SayAsync("first", "r1");
        await SayAsync("second", "r2");
        await Owner.EventAsync("agent", a => a.GetProperty("stream").GetString() == "lifecycle");
        gate.SetResult();
        await Owner.EventAsync("chat", c => c.GetProperty("runId").GetString() == "r1" && c.GetProperty("state").GetString() == "final");
        await Owner.EventAsync("chat", c => c.GetProperty("runId").GetString() == "r2" && c.GetProperty("state").GetString() == "final");
        Assert.Equal(["first", "second", "done", "done"], (await HistoryAsync()).Select(Text));

        static async IAsyncEnumerable<string> Wait(Task open)
        {
            await open;
            yield return "done";
        }
    }

    [Fact]
    public async Task Send_ModelFails_IsToldAndTheQuestionKept()
    {
        Host.LoadFault = new GenerationException("it does not fit");
        var end = await SayAndHearAsync("hi", "r1");
        Assert.Equal("error", end.GetProperty("state").GetString());
        Assert.Equal("it does not fit", end.GetProperty("errorMessage").GetString());
        Assert.Equal(["hi"], (await HistoryAsync()).Select(Text));
        Host.LoadFault = null;
        await SayAndHearAsync("again", "r2");
        Assert.Equal(["hi", "again", "Hello from the box."], (await HistoryAsync()).Select(Text));
    }

    [Theory]
    [InlineData("""{"sessionKey":"main","message":"x"}""", "must have required property 'idempotencyKey'")]
    [InlineData("""{"sessionKey":"main","idempotencyKey":"1"}""", "must have required property 'message'")]
    [InlineData("""{"message":"x","idempotencyKey":"1"}""", "must have required property 'sessionKey'")]
    [InlineData("""{"sessionKey":"agent:other:main","message":"x","idempotencyKey":"1"}""", "unknown agent id: other")]
    [InlineData("""{"sessionKey":"agent:main:","message":"x","idempotencyKey":"1"}""", "invalid session key")]
    [InlineData("""{"sessionKey":"main","message":" ","idempotencyKey":"1"}""", "message or attachment required")]
    public async Task Send_Wrong_SaysWhat(string parameters, string message)
    {
        var response = await Owner.RequestAsync("chat.send", JsonNode.Parse(parameters));
        Assert.Equal("INVALID_REQUEST", Code(response));
        Assert.Contains(message, response.GetProperty("error").GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task History_PagesByNumberAndByBytes_AndGoesOnFromACursor()
    {
        for (var i = 0; i < 4; i++) await SayAndHearAsync($"q{i}", $"r{i}");
        Assert.Equal(["q3", "Hello from the box."], (await HistoryAsync(more: new() { ["limit"] = 2 })).Select(Text));
        Assert.Equal(["q2", "Hello from the box."], (await HistoryAsync(more: new() { ["limit"] = 2, ["offset"] = 2 })).Select(Text));
        Assert.Equal(["Hello from the box."], (await HistoryAsync(more: new() { ["maxBytes"] = 1024 })).Select(Text));

        var page = await Owner.AskAsync("chat.history", new JsonObject { ["sessionKey"] = "main", ["limit"] = 1 });
        Assert.True(page.GetProperty("hasMore").GetBoolean());
        Assert.Equal(8, page.GetProperty("totalMessages").GetInt32());
        var cursor = page.GetProperty("deltaCursor").GetString();
        await SayAndHearAsync("q4", "r4");
        var delta = await Owner.AskAsync("chat.history", new JsonObject { ["sessionKey"] = "main", ["cursor"] = cursor });
        Assert.Equal("delta", delta.GetProperty("kind").GetString());
        Assert.Equal(["q4", "Hello from the box."], delta.GetProperty("messages").EnumerateArray().Select(Text));
        await Owner.AskAsync("sessions.reset", new JsonObject { ["key"] = "main" });
        foreach (var old in new[] { cursor, "nonsense", "bm9uc2Vuc2U" })
        {
            var reset = await Owner.AskAsync("chat.history", new JsonObject { ["sessionKey"] = "main", ["cursor"] = old });
            Assert.Equal("reset", reset.GetProperty("kind").GetString());
        }
    }

    [Fact]
    public async Task Agent_AnswersTwice_AndWhoAsksAgainGetsTheSame()
    {
        var parameters = new JsonObject { ["message"] = "hi", ["idempotencyKey"] = "a1" };
        var id = await Owner.SendRequestAsync("agent", parameters);
        var accepted = (await Owner.ResponseAsync(id)).GetProperty("payload");
        Assert.Equal("accepted", accepted.GetProperty("status").GetString());
        Assert.Equal("agent:main:main", accepted.GetProperty("sessionKey").GetString());
        var final = (await Owner.ResponseAsync(id)).GetProperty("payload");
        Assert.Equal("ok", final.GetProperty("status").GetString());
        Assert.Equal("Hello from the box.", final.GetProperty("result").GetProperty("payloads")[0].GetProperty("text").GetString());
        Assert.Equal(5, final.GetProperty("result").GetProperty("meta").GetProperty("agentMeta").GetProperty("usage").GetProperty("output").GetInt64());

        await using var other = await GatewayClient.ConnectAsync(Host.Address, Host.Token);
        var again = await other.SendRequestAsync("agent", parameters);
        await other.ResponseAsync(again);
        Assert.Equal("Hello from the box.", (await other.ResponseAsync(again)).GetProperty("payload").GetProperty("result").GetProperty("payloads")[0].GetProperty("text").GetString());
        Assert.Single(Host.Tiny.Calls);
        Assert.Equal("ok", (await Owner.AskAsync("agent.wait", new JsonObject { ["runId"] = "a1" })).GetProperty("status").GetString());
        Assert.Equal("timeout", (await Owner.AskAsync("agent.wait", new JsonObject { ["runId"] = "unknown", ["timeoutMs"] = 0 })).GetProperty("status").GetString());
    }

    [Fact]
    public async Task Transcript_IsOnTheDiskWhenTheAnswerSaysSo_AndHoldsTheTurn()
    {
        await SayAndHearAsync("grüße", "r1");
        var file = Directory.GetFiles(Path.Combine(Host.Home, "agents", "main", "sessions"), "*.jsonl").Single();
        var lines = (await File.ReadAllLinesAsync(file)).Select(l => JsonElement.Parse(l)).ToArray();
        Assert.Equal(["session", "message", "message"], lines.Select(l => l.GetProperty("type").GetString()));
        Assert.Equal("grüße", lines[1].GetProperty("text").GetString());
        Assert.Equal("r1:user", lines[1].GetProperty("idempotencyKey").GetString());
        Assert.Equal("r1", lines[2].GetProperty("runId").GetString());
        Assert.Contains("grüße", await File.ReadAllTextAsync(file), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Log_TellsWhoCame_AndNothingThatWasSaidOrIsSecret()
    {
        await SayAndHearAsync("my secret diary", "r1");
        JsonElement log;
        do log = await Owner.AskAsync("logs.tail"); while (log.GetProperty("lines").GetArrayLength() == 0);
        var text = log.GetProperty("lines").ToString();
        Assert.Contains("gateway-client/backend connected", text, StringComparison.Ordinal);
        Assert.DoesNotContain("diary", text, StringComparison.Ordinal);
        Assert.DoesNotContain(Host.Token, text, StringComparison.Ordinal);
    }
}
