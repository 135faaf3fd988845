using System.Diagnostics;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Appliance.Tests.Http;
using Microsoft.Extensions.AI;
using Runtime.Audit;
using Runtime.Sandbox;
using TestKit;
using Xunit.Abstractions;

namespace Appliance.Tests.Gateway.Methods;

/// <summary>Turns whose model runs commands: a person is asked, the command runs in the real sandbox or does not, and all of it is recorded.</summary>
public sealed class ExecTurnTests(ITestOutputHelper output) : GatewayTest
{
    private static readonly bool HasSandbox = CommandSandbox.Status.Level != SandboxLevel.None;

    private string Workspace => Path.Combine(Host.Home, "agents", "main", "workspace");

    [Fact]
    public async Task Exec_AllowedOnce_RunsAndItsResultIsAnswered()
    {
        if (!HasSandbox) return;
        await BeOperatorAsync();
        Script("touch made", "Done.");
        await SayAsync("make it", "r1");

        var asked = await Owner.EventAsync("exec.approval.requested");
        var request = asked.GetProperty("request");
        Assert.Equal(("touch made", "r1", "call_1", "agent:main:main"), (Field(request, "command"), Field(request, "runId"), Field(request, "toolCallId"), Field(request, "sessionKey")));
        var waiting = await Owner.EventAsync("agent", e => Field(e.GetProperty("data"), "phase") == "waiting-approval");
        Assert.Equal(("lifecycle", asked.GetProperty("id").GetString(), "call_1"), (Field(waiting, "stream"), Field(waiting.GetProperty("data"), "approvalId"), Field(waiting.GetProperty("data"), "toolCallId")));
        Assert.False(File.Exists(Path.Combine(Workspace, "made")));

        await ResolveAsync(asked, "allow-once");
        Assert.Equal("Done.", Text((await EndAsync("final")).GetProperty("message")));
        Assert.True(File.Exists(Path.Combine(Workspace, "made")));
        var rows = await HistoryAsync();
        Assert.Equal(["user", "assistant", "toolResult", "assistant"], rows.Select(r => Field(r, "role")));
        Assert.Contains("no output", Text(rows[2]), StringComparison.Ordinal);

        var events = await RecordAsync();
        Assert.Contains(events, e => e is { Kind: AuditKind.Approval, Action: "approval.requested", Run: "r1", Call: "call_1" });
        Assert.Contains(events, e => e is { Kind: AuditKind.Approval, Action: "approval.resolved", Run: "r1", Decision: AuditEvent.Allow, Rule: "user" });
        Assert.Contains(events, e => e is { Kind: AuditKind.Tool, Action: "exec", Run: "r1", Call: "call_1", Decision: AuditEvent.Allow });
        Assert.Contains(events, e => e is { Kind: AuditKind.Turn, Run: "r1", Outcome: "succeeded" });
    }

    [Fact]
    public async Task Exec_Denied_DoesNotRun_AndTheModelIsTold()
    {
        await BeOperatorAsync();
        var model = Script("touch made", "As you wish.");
        await SayAsync("make it", "r1");
        await ResolveAsync(await Owner.EventAsync("exec.approval.requested"), "deny");
        Assert.Equal("As you wish.", Text((await EndAsync("final")).GetProperty("message")));
        await AssertNotRunAsync(model, "user");
    }

    [Fact]
    public async Task Exec_NobodyIsThere_DoesNotRun_AndNobodyWaits()
    {
        await BeOperatorAsync();
        // With nobody of the scope connected, since the server began.
        await Owner.DisposeAsync();
        await Host.RestartAsync();
        var model = Script("touch made", "Nobody allowed it.");
        await using (var writer = await GatewayClient.ConnectAsync(Host.Address, Host.Token, ["operator.read", "operator.write"]))
        {
            await writer.AskAsync("chat.send", new JsonObject { ["sessionKey"] = "main", ["message"] = "make it", ["idempotencyKey"] = "r1" });
            var end = await writer.EventAsync("chat", c => Field(c, "state") is "final" or "error" or "aborted");
            Assert.Equal("Nobody allowed it.", Text(end.GetProperty("message")));
        }
        await AssertNotRunAsync(model, "no-route");
    }

    [Fact]
    public async Task Exec_NobodyAnswersInTime_DoesNotRun()
    {
        var time = new ManualTime();
        await using var host = await TestHost.StartAsync(options => options with { Time = time });
        await using var owner = await GatewayClient.ConnectAsync(host.Address, host.Token);
        await BeOperatorAsync(owner);
        var model = new ScriptedSteps([ScriptedChatClient.Call("call_1", "exec", """{"command":"touch made"}""")], [new TextContent("It took too long.")]);
        host.ChatClient = model;
        await owner.AskAsync("chat.send", new JsonObject { ["sessionKey"] = "main", ["message"] = "make it", ["idempotencyKey"] = "r1" });
        var asked = await owner.EventAsync("exec.approval.requested");
        // As long as the turn waits, and not longer.
        Assert.Equal(TimeSpan.FromMinutes(10).TotalMilliseconds, asked.GetProperty("expiresAtMs").GetInt64() - asked.GetProperty("createdAtMs").GetInt64());
        await owner.EventAsync("agent", e => Field(e.GetProperty("data"), "phase") == "waiting-approval");
        time.Advance(TimeSpan.FromMinutes(10));
        await owner.EventAsync("chat", c => Field(c, "state") == "final");
        Assert.Contains("did not allow", Result(model), StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(host.Home, "agents", "main", "workspace", "made")));
        await host.StopAsync();
        Assert.Contains(AuditReader.NewestFirst(host.Home).Select(r => r.Event), e => e is { Action: "approval.resolved", Run: "r1", Decision: AuditEvent.Deny, Rule: "timeout" });
    }

    [Fact]
    public async Task Abort_WhileItWaits_WithdrawsTheQuestion()
    {
        await BeOperatorAsync();
        Script("touch made", "never said");
        await SayAsync("make it", "r1");
        var asked = await Owner.EventAsync("exec.approval.requested");
        await Owner.SendRequestAsync("chat.abort", new JsonObject { ["sessionKey"] = "main" });
        await EndAsync("aborted");
        Assert.Equal("APPROVAL_NOT_FOUND", Code(await Owner.RequestAsync("exec.approval.resolve", new JsonObject { ["id"] = asked.GetProperty("id").GetString(), ["decision"] = "allow-once" })));
        Assert.Contains("Stopped before it was done", Text((await HistoryAsync())[2]), StringComparison.Ordinal);
        await AssertNotRunAsync(null, "run-aborted");
    }

    [Fact]
    public async Task Restart_WhileItWaits_DoesNotRunAndEndsTheTurn()
    {
        await BeOperatorAsync();
        Script("touch made", "never said");
        await SayAsync("make it", "r1");
        await Owner.EventAsync("exec.approval.requested");
        await Owner.DisposeAsync();
        await Host.RestartAsync();

        await using (var owner = await GatewayClient.ConnectAsync(Host.Address, Host.Token))
        {
            Assert.Empty((await owner.AskAsync("exec.approval.list")).EnumerateArray());
            var history = await owner.AskAsync("chat.history", new JsonObject { ["sessionKey"] = "main" });
            Assert.False(history.GetProperty("sessionInfo").GetProperty("hasActiveRun").GetBoolean());
            var rows = history.GetProperty("messages").EnumerateArray().ToArray();
            Assert.Equal(["user", "assistant", "toolResult"], rows.Select(r => Field(r, "role")));
            Assert.Contains("Stopped before it was done", Text(rows[2]), StringComparison.Ordinal);
        }
        await AssertNotRunAsync(null, "run-aborted");
    }

    [Fact]
    public async Task Steer_WhileACommandRuns_IsToldWithItsResult()
    {
        if (!HasSandbox) return;
        await BeOperatorAsync();
        var model = Script("sh -c 'touch started; while [ ! -e go ]; do sleep 0.02; done; echo went'", "Both done.");
        await SayAsync("make it", "r1");
        await ResolveAsync(await Owner.EventAsync("exec.approval.requested"), "allow-once");
        await StartedAsync();
        await Owner.AskAsync("chat.send", new JsonObject { ["sessionKey"] = "main", ["message"] = "and mind the gap", ["idempotencyKey"] = "r2", ["queueMode"] = "steer" });
        await File.WriteAllTextAsync(Path.Combine(Workspace, "go"), "");
        await EndAsync("final");
        Assert.Equal(2, model.Asked.Count);
        Assert.Contains("went", Result(model), StringComparison.Ordinal);
        Assert.Contains(model.Asked.Last().Messages, m => m.Role == ChatRole.User && m.Text.Contains("and mind the gap", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Abort_WhileACommandRuns_LeavesNoProcess()
    {
        if (!HasSandbox) return;
        await BeOperatorAsync();
        // A number that no other process waits for.
        var marker = $"{Random.Shared.Next(100_000, 999_999)}.{Environment.ProcessId}";
        Script($"sh -c 'touch started; sleep {marker} & sleep {marker}'", "never said");
        await SayAsync("make it", "r1");
        await ResolveAsync(await Owner.EventAsync("exec.approval.requested"), "allow-once");
        await StartedAsync();
        Assert.NotEmpty(Processes(marker));
        var clock = Stopwatch.StartNew();
        await Owner.SendRequestAsync("chat.abort", new JsonObject { ["sessionKey"] = "main" });
        var patience = Stopwatch.StartNew();
        while (Processes(marker).Length > 0 && patience.Elapsed < TimeSpan.FromSeconds(20)) await Task.Delay(2);
        output.WriteLine($"figure: abort of a running command: its last process is gone after {clock.Elapsed.TotalMilliseconds:0.0} ms");
        Assert.Empty(Processes(marker));
        await EndAsync("aborted");
    }

    // Everything of it, by the words of its command line; of a process that is going there is none.
    private static string[] Processes(string marker) => [.. Directory.GetDirectories("/proc").Where(folder => char.IsAsciiDigit(Path.GetFileName(folder)[0])).Where(folder =>
    {
        try { return Encoding.UTF8.GetString(File.ReadAllBytes(Path.Combine(folder, "cmdline"))).Contains(marker, StringComparison.Ordinal); }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException) { return false; }
    })];

    private static string? Field(JsonElement of, string name) => of.TryGetProperty(name, out var value) ? value.GetString() : null;

    private static string Result(ScriptedSteps model) => $"{model.Asked.Last().Messages.SelectMany(m => m.Contents).OfType<FunctionResultContent>().Single().Result}";

    // By the configuration, while it runs.
    private Task BeOperatorAsync() => BeOperatorAsync(Owner);

    private static async Task BeOperatorAsync(GatewayClient owner) => await owner.AskAsync("config.patch", new JsonObject
    {
        ["raw"] = """{"agents":{"main":{"tools":{"profile":"operator"}}}}""",
        ["baseHash"] = (await owner.AskAsync("config.get")).GetProperty("hash").GetString(),
    });

    private ScriptedSteps Script(string command, string answer)
    {
        var model = new ScriptedSteps([ScriptedChatClient.Call("call_1", "exec", new JsonObject { ["command"] = command }.ToJsonString())], [new TextContent(answer)]);
        Host.ChatClient = model;
        return model;
    }

    private Task ResolveAsync(JsonElement asked, string decision) =>
        Owner.AskAsync("exec.approval.resolve", new JsonObject { ["id"] = asked.GetProperty("id").GetString(), ["decision"] = decision });

    private Task<JsonElement> EndAsync(string state) => Owner.EventAsync("chat", c => Field(c, "runId") == "r1" && Field(c, "state") == state);

    private async Task StartedAsync()
    {
        var patience = Stopwatch.StartNew();
        while (!File.Exists(Path.Combine(Workspace, "started")) && patience.Elapsed < TimeSpan.FromSeconds(30)) await Task.Delay(10);
    }

    private async Task AssertNotRunAsync(ScriptedSteps? model, string rule)
    {
        if (model is not null) Assert.Contains("did not allow", Result(model), StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(Workspace, "made")));
        var events = await RecordAsync();
        Assert.Contains(events, e => e is { Kind: AuditKind.Approval, Action: "approval.resolved", Run: "r1", Decision: AuditEvent.Deny } && e.Rule == rule);
        Assert.Contains(events, e => e is { Kind: AuditKind.Tool, Action: "exec", Run: "r1", Call: "call_1", Decision: AuditEvent.Deny });
    }

    private async Task<AuditEvent[]> RecordAsync()
    {
        await Owner.DisposeAsync();
        await Host.StopAsync();
        return [.. AuditReader.NewestFirst(Host.Home).Select(r => r.Event)];
    }
}
