using System.Text.Json;
using System.Text.Json.Nodes;
using Appliance.Tests.Gateway.Methods;
using Appliance.Tests.Http;
using Runtime.Sandbox;
using TestKit;

namespace Appliance.Tests.Gateway.Turns;

/// <summary>The agent with a model elsewhere: clients over real sockets in front, a scripted model over real HTTP behind.</summary>
public sealed class HttpModelTests : GatewayTest
{
    private string Workspace => Path.Combine(Host.Home, "agents", "main", "workspace");

    [Fact]
    public async Task Task_OfFortySteps_IsDone()
    {
        using var model = Serve((step, _) => step switch
        {
            < 39 => new Said($"step {step}", "write", $$"""{"path":"notes/{{step}}.txt","content":"{{step}}"}"""),
            39 => new Said(null, "find", """{"name":"*.txt","path":"notes"}"""),
            _ => new Said("All 39 files are written."),
        });
        Assert.Equal("All 39 files are written.", Text((await SayAndHearAsync("write 39 files", "r1")).GetProperty("message")));
        Assert.Equal(39, Directory.GetFiles(Path.Combine(Workspace, "notes")).Length);
        Assert.Equal(41, model.Asked.Count);
        Assert.Contains("38.txt", model.Asked[^1], StringComparison.Ordinal);
        // A question, forty calls with their results, an answer.
        Assert.Equal(82, (await HistoryAsync(more: new JsonObject { ["limit"] = 200 })).Length);
    }

    [Fact]
    public async Task Abort_WhileItTalks_KeepsWhatWasSaid_AndTheNextTurnRuns()
    {
        using var model = Serve((step, _) => step == 0 ? new Said("Once upon", Hangs: true) : new Said("There."));
        await SayAsync("tell me a story", "r1");
        await Owner.EventAsync("chat", c => c.GetProperty("state").GetString() == "delta");
        await Owner.AskAsync("chat.abort", new JsonObject { ["sessionKey"] = "main" });
        await Owner.EventAsync("chat", c => c.GetProperty("state").GetString() == "aborted");
        Assert.Equal("Once upon", Text((await HistoryAsync())[^1]));
        Assert.Equal("There.", Text((await SayAndHearAsync("are you there?", "r2")).GetProperty("message")));
    }

    [Theory]
    [InlineData("allow-once")]
    [InlineData("deny")]
    [InlineData("expire")]
    public async Task Approval_AllowedDeniedOrExpired_WithAWordInBetween_IsToldToTheModel(string answer)
    {
        if (CommandSandbox.Status.Level == SandboxLevel.None) return;
        var time = new ManualTime();
        await using var host = await TestHost.StartAsync(options => options with { Time = time });
        await using var owner = await GatewayClient.ConnectAsync(host.Address, host.Token);
        await owner.AskAsync("config.patch", new JsonObject { ["raw"] = """{"agents":{"main":{"tools":{"profile":"operator"}}}}""", ["baseHash"] = (await owner.AskAsync("config.get")).GetProperty("hash").GetString() });
        using var model = new ScriptedUpstream((step, _) => step == 0 ? new Said(null, "exec", """{"command":"touch made"}""") : new Said("As it is."));
        host.ChatClient = model.Client;
        await owner.AskAsync("chat.send", new JsonObject { ["sessionKey"] = "main", ["message"] = "make it", ["idempotencyKey"] = "r1" });
        var asked = await owner.EventAsync("exec.approval.requested");
        await owner.EventAsync("agent", e => e.GetProperty("data").TryGetProperty("phase", out var phase) && phase.GetString() == "waiting-approval");
        // Steered while a person is asked: seen at the next step.
        await owner.AskAsync("chat.send", new JsonObject { ["sessionKey"] = "main", ["message"] = "and mind the gap", ["idempotencyKey"] = "r2", ["queueMode"] = "steer" });
        if (answer == "expire") time.Advance(TimeSpan.FromMinutes(10));
        else await owner.AskAsync("exec.approval.resolve", new JsonObject { ["id"] = asked.GetProperty("id").GetString(), ["decision"] = answer });
        await owner.EventAsync("chat", c => c.GetProperty("runId").GetString() == "r1" && c.GetProperty("state").GetString() == "final");
        Assert.Equal(answer == "allow-once", File.Exists(Path.Combine(host.Home, "agents", "main", "workspace", "made")));
        Assert.Equal(2, model.Asked.Count);
        Assert.Equal(answer != "allow-once", model.Asked[1].Contains("did not allow", StringComparison.Ordinal));
        Assert.Contains("and mind the gap", model.Asked[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Helpers_WorkAlone_AndReport()
    {
        using var model = Serve((_, messages) => messages.EnumerateArray().Last() switch
        {
            var last when last.GetProperty("role").GetString() == "tool" => new Said("My helper says: 3."),
            var last when last.GetProperty("content").GetRawText().Contains("count the files", StringComparison.Ordinal) => new Said("There are 3."),
            _ => new Said(null, "sessions_spawn", """{"task":"count the files"}"""),
        });
        Assert.Equal("My helper says: 3.", Text((await SayAndHearAsync("how many are there?", "r1")).GetProperty("message")));
        Assert.Equal(3, model.Asked.Count);
        Assert.DoesNotContain("how many", model.Asked[1], StringComparison.Ordinal);
        Assert.Contains("There are 3.", model.Asked[2], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Compaction_IsMadeByTheModel_AndToldInsteadOfWhatWasSaid()
    {
        using var model = Serve((_, messages) => messages.GetRawText().Contains("Sum up", StringComparison.Ordinal) ? new Said("They counted to six.") : new Said("Yes."));
        for (var i = 0; i < 6; i++) await SayAndHearAsync($"count {i}", $"r{i}");
        await Owner.AskAsync("sessions.compact", new JsonObject { ["key"] = "main" });
        await SayAndHearAsync("and now?", "r9");
        Assert.Contains("They counted to six.", model.Asked[^1], StringComparison.Ordinal);
        Assert.DoesNotContain("count 0", model.Asked[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Restart_InTheMiddleOfAnAnswer_KeepsWhatWasSaid_AndGoesOn()
    {
        using var model = Serve((step, _) => step switch { 0 => new Said(null, "write", """{"path":"a.txt","content":"a"}"""), 1 => new Said("Half of", Hangs: true), _ => new Said("Here again.") });
        await SayAsync("do two things", "r1");
        await Owner.EventAsync("chat", c => c.GetProperty("state").GetString() == "delta" && c.GetRawText().Contains("Half of", StringComparison.Ordinal));
        await Owner.DisposeAsync();
        await Host.RestartAsync();
        await using var owner = await GatewayClient.ConnectAsync(Host.Address, Host.Token);
        var history = await owner.AskAsync("chat.history", new JsonObject { ["sessionKey"] = "main" });
        Assert.False(history.GetProperty("sessionInfo").GetProperty("hasActiveRun").GetBoolean());
        Assert.Equal(["user", "assistant", "toolResult", "assistant"], history.GetProperty("messages").EnumerateArray().Select(m => m.GetProperty("role").GetString()));
        await owner.AskAsync("chat.send", new JsonObject { ["sessionKey"] = "main", ["message"] = "go on", ["idempotencyKey"] = "r2" });
        var end = await owner.EventAsync("chat", c => c.GetProperty("runId").GetString() == "r2" && c.GetProperty("state").GetString() == "final");
        Assert.Equal("Here again.", Text(end.GetProperty("message")));
        Assert.Equal("a", await File.ReadAllTextAsync(Path.Combine(Workspace, "a.txt")));
        Assert.Contains("Half of", model.Asked[^1], StringComparison.Ordinal);
    }

    private ScriptedUpstream Serve(Func<int, JsonElement, Said> answer)
    {
        var model = new ScriptedUpstream(answer);
        Host.ChatClient = model.Client;
        return model;
    }
}
