using System.Text.Json.Nodes;
using TestKit;

namespace Appliance.Tests.Gateway.Methods;

public sealed class CommandTests : GatewayTest
{
    [Fact]
    public async Task Status_IsAnsweredByTheGateway_AndNotToldToTheModel()
    {
        await Owner.AskAsync("sessions.subscribe");
        var final = await SayAndHearAsync("/status", "r1");
        Assert.Equal("final", final.GetProperty("state").GetString());
        Assert.Contains("Model: local/other:7b", Text(final.GetProperty("message")), StringComparison.Ordinal);
        await SayAndHearAsync("hi", "r2");
        Assert.DoesNotContain("/status", Host.Tiny.Tokenizer.Decode(Host.Tiny.Calls.Single().Prompt), StringComparison.Ordinal);
        var rows = await HistoryAsync();
        Assert.Equal(["/status", "hi"], rows.Where(r => r.GetProperty("role").GetString() == "user").Select(Text));
        Assert.True(rows[0].GetProperty("excludeFromContext").GetBoolean());
        // The same key again does nothing twice.
        Assert.Equal("ok", (await SayAsync("/status", "r1")).GetProperty("status").GetString());
        Assert.Equal(4, (await HistoryAsync()).Length);
    }

    [Fact]
    public async Task List_NamesWhatWorks_AndHelpSaysTheSame()
    {
        var commands = (await Owner.AskAsync("commands.list")).GetProperty("commands").EnumerateArray().Select(c => c.GetProperty("name").GetString()!).ToArray();
        Assert.Superset(new HashSet<string>(["help", "status", "new", "reset", "stop", "compact", "model", "think", "usage"]), commands.ToHashSet());
        Assert.DoesNotContain("config", commands);
        var help = Text((await SayAndHearAsync("/help", "r1")).GetProperty("message"));
        Assert.All(commands, c => Assert.Contains($"/{c}", help, StringComparison.Ordinal));
    }

    [Fact]
    public async Task New_BeginsAnew_AndModelChooses()
    {
        await SayAndHearAsync("old", "r1");
        var before = (await Owner.AskAsync("chat.history", new JsonObject { ["sessionKey"] = "main" })).GetProperty("sessionId").GetString();
        await SayAndHearAsync("/new other:7b", "r2");
        var history = await Owner.AskAsync("chat.history", new JsonObject { ["sessionKey"] = "main" });
        Assert.NotEqual(before, history.GetProperty("sessionId").GetString());
        Assert.Equal(["/new other:7b", "New session."], history.GetProperty("messages").EnumerateArray().Select(Text));
        Assert.Equal("other:7b", history.GetProperty("sessionInfo").GetProperty("model").GetString());
        Assert.Contains("tiny", Text((await SayAndHearAsync("/model local/tiny", "r3")).GetProperty("message")), StringComparison.Ordinal);
        Assert.Contains("No model named 'nothere'", Text((await SayAndHearAsync("/model nothere", "r4")).GetProperty("message")), StringComparison.Ordinal);
        Assert.Contains("off", Text((await SayAndHearAsync("/think high", "r5")).GetProperty("message")), StringComparison.Ordinal);
        await SayAndHearAsync("/name Plans", "r6");
        var row = (await Owner.AskAsync("sessions.describe", new JsonObject { ["key"] = "main" })).GetProperty("session");
        Assert.Equal(("tiny", "Plans"), (row.GetProperty("model").GetString(), row.GetProperty("label").GetString()));
    }

    [Fact]
    public async Task Stop_StopsTheAnswerThatIsBeingMade()
    {
        Host.Tiny.Answer = cancellation => Http.ScriptedModel.SayAndHang("begun", cancellation);
        await SayAsync("hi", "r1");
        await Owner.EventAsync("chat", c => c.GetProperty("state").GetString() == "delta");
        await SayAsync("/stop", "r2");
        await Owner.EventAsync("chat", c => c.GetProperty("runId").GetString() == "r1" && c.GetProperty("state").GetString() == "aborted");
        Assert.Contains("Nothing is being answered", Text((await SayAndHearAsync("/stop", "r3")).GetProperty("message")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Slash_ThatIsNoCommand_IsAnOrdinaryMessage()
    {
        await SayAndHearAsync("/home/me is full", "r1");
        await Owner.AskAsync("chat.send", new JsonObject { ["sessionKey"] = "main", ["message"] = "/help", ["idempotencyKey"] = "r2", ["suppressCommandInterpretation"] = true });
        await Owner.EventAsync("chat", c => c.GetProperty("runId").GetString() == "r2" && c.GetProperty("state").GetString() == "final");
        Assert.Equal(2, Host.Tiny.Calls.Count);
    }

    [Fact]
    public async Task Agent_WithACommand_AnswersTwice()
    {
        var id = await Owner.SendRequestAsync("agent", new JsonObject { ["message"] = "/status", ["idempotencyKey"] = "a1" });
        Assert.Equal("accepted", (await Owner.ResponseAsync(id)).GetProperty("payload").GetProperty("status").GetString());
        var final = (await Owner.ResponseAsync(id)).GetProperty("payload");
        Assert.Contains("Model: local/other:7b", final.GetProperty("result").GetProperty("payloads")[0].GetProperty("text").GetString(), StringComparison.Ordinal);
        Assert.Empty(Host.Tiny.Calls);
    }

    // Attack scope-03: commands are re-authorised by the caller's scope.
    [Theory]
    [InlineData("/approve 3d1aea76 allow-always")]
    [InlineData("/config set gateway.auth.mode none")]
    [InlineData("/CONFIG set gateway.auth.mode none")]
    [InlineData("/exec security=full")]
    [InlineData("/exec:security=full")]
    [InlineData("/elevated on")]
    [InlineData("/bash id")]
    [InlineData("/new")]
    [InlineData("/compact")]
    public async Task Scope03_CommandOfAWriter_IsRefused_AndWritesNothing(string text)
    {
        await using var writer = await GatewayClient.ConnectAsync(Host.Address, Host.Token, ["operator.write"]);
        foreach (var (method, key) in new[] { ("chat.send", "sessionKey"), ("sessions.send", "key"), ("agent", "sessionKey") })
        {
            var response = await writer.RequestAsync(method, new JsonObject { [key] = "main", ["message"] = text, ["idempotencyKey"] = $"{method}1" });
            Assert.Equal("FORBIDDEN", Code(response));
            Assert.Equal("MISSING_SCOPE", response.GetProperty("error").GetProperty("details").GetProperty("code").GetString());
        }
        Assert.Empty(await HistoryAsync());
        Assert.Empty(Host.Tiny.Calls);
    }

    [Theory]
    [InlineData("/config set gateway.auth.mode none")]
    [InlineData("/exec security=full")]
    public async Task Scope03_CommandOfAnAdministrator_IsNotTakenFromAChat(string text) =>
        Assert.Equal("UNAVAILABLE", Code(await Owner.RequestAsync("chat.send", new JsonObject { ["sessionKey"] = "main", ["message"] = text, ["idempotencyKey"] = "r1" })));
}
