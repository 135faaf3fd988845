using System.Text.Json;
using System.Text.Json.Nodes;
using Appliance.Tests.Http;
using Microsoft.Extensions.AI;
using TestKit;

namespace Appliance.Tests.Gateway.Soak;

/// <summary>
/// What a box has to do in a day, in steps of five minutes: people come and go (some with a wrong token), talk, have tools called and answer
/// questions about them or do not; jobs and heartbeats run; memory is written and searched; files of the memory change; conversations begin
/// anew and are compacted; the log is full once a day.
/// </summary>
internal sealed class SimulatedDay : IAsyncDisposable
{
    /// <summary>Steps of a day.</summary>
    public const int Steps = 288;

    private const int StepsToAFullLog = 96;

    private static readonly byte[] Padding = "{\"time\":\"2026-01-02T00:00:00Z\",\"level\":\"info\",\"message\":\"padding\"}\n"u8.ToArray();

    private readonly ManualTime _time;
    private readonly TestHost _host;
    private readonly GatewayClient _owner;
    private readonly SoakModel _model;
    private int _connections, _turns, _approvals, _jobs;

    private SimulatedDay(ManualTime time, TestHost host, GatewayClient owner, SoakModel model) => (_time, _host, _owner, _model) = (time, host, owner, model);

    /// <summary>How much has happened.</summary>
    public string Counts => $"{_turns} turns, {_jobs} jobs, {_model.Answers} answers of the model, {_connections} connections, {_approvals} questions";

    public static async Task<SimulatedDay> BeginAsync()
    {
        var time = new ManualTime();
        var host = await TestHost.StartAsync(options => options with { Time = time });
        var model = new SoakModel();
        host.ChatClient = model;
        var owner = await GatewayClient.ConnectAsync(host.Address, host.Token);
        await owner.AskAsync("config.patch", new JsonObject
        {
            ["raw"] = """{"agents":{"main":{"tools":{"profile":"operator"}}}}""",
            ["baseHash"] = (await owner.AskAsync("config.get")).GetProperty("hash").GetString(),
        });
        var workspace = Directory.CreateDirectory(Path.Combine(host.Home, "agents", "main", "workspace")).FullName;
        await File.WriteAllTextAsync(Path.Combine(workspace, "HEARTBEAT.md"), "- Look whether the door is shut.\n");
        await owner.AskAsync("cron.add", new JsonObject
        {
            ["name"] = "often",
            ["schedule"] = new JsonObject { ["kind"] = "cron", ["expr"] = "*/5 * * * *", ["tz"] = "UTC" },
            ["sessionTarget"] = "isolated",
            ["wakeMode"] = "now",
            ["payload"] = new JsonObject { ["kind"] = "agentTurn", ["message"] = "job: look" },
        });
        return new SimulatedDay(time, host, owner, model);
    }

    public async ValueTask DisposeAsync()
    {
        Assert.Empty(_host.Bugs);
        await _owner.DisposeAsync();
        await _host.DisposeAsync();
    }

    /// <summary>Five minutes.</summary>
    public async Task StepAsync(int step)
    {
        _time.Advance(TimeSpan.FromMinutes(5));
        await _owner.EventAsync("cron", e => e.GetProperty("action").GetString() == "finished");
        _jobs++;
        await ComeAndGoAsync(step);
        var session = $"agent:main:day{step / 48}";
        await SayAsync(session, (step % 6) switch { 0 => "tool: write", 1 => "tool: memory", 2 => "tool: search", 3 => "tool: read", _ => "hello" }, step, 0);
        if (step % 12 == 5) await AskedAsync(session, step);
        await File.AppendAllTextAsync(Path.Combine(Directory.CreateDirectory(Path.Combine(Workspace, "memory")).FullName, $"{_time.GetUtcNow():yyyy-MM-dd}.md"), $"- At step {step} somebody came by.\n");
        if (step % 24 == 23) await _owner.AskAsync("sessions.compact", new JsonObject { ["key"] = session });
        if (step % 48 == 47) await _owner.AskAsync("sessions.reset", new JsonObject { ["key"] = session });
        if (step % StepsToAFullLog == StepsToAFullLog - 1) FillLog();
        // What nobody takes must not be what grows.
        while (_owner.Events.TryRead(out _)) { }
    }

    private string Workspace => Path.Combine(_host.Home, "agents", "main", "workspace");

    private async Task ComeAndGoAsync(int step)
    {
        await using (var client = await GatewayClient.ConnectAsync(_host.Address, _host.Token))
        {
            await client.AskAsync("health");
            await client.AskAsync("chat.history", new JsonObject { ["sessionKey"] = "main" });
        }
        _connections++;
        if (step % 8 != 0) return;
        await using var stranger = await GatewayClient.OpenAsync(_host.Address);
        Assert.False((await stranger.RequestAsync("connect", GatewayClient.Owner("wrong-" + step))).GetProperty("ok").GetBoolean());
        _connections++;
    }

    private async Task SayAsync(string session, string text, int step, int number)
    {
        var run = $"run-{step}-{number}";
        await _owner.AskAsync("chat.send", new JsonObject { ["sessionKey"] = session, ["message"] = $"{text} {step}", ["idempotencyKey"] = run });
        await EndAsync(run);
    }

    private async Task EndAsync(string run)
    {
        var end = await _owner.EventAsync("chat", c => c.GetProperty("runId").GetString() == run && c.GetProperty("state").GetString() is "final" or "error" or "aborted");
        Assert.Equal("final", end.GetProperty("state").GetString());
        _turns++;
    }

    // Allowed, denied, and left until it expires, one after the other.
    private async Task AskedAsync(string session, int step)
    {
        var run = $"run-{step}-1";
        await _owner.AskAsync("chat.send", new JsonObject { ["sessionKey"] = session, ["message"] = $"tool: exec {step}", ["idempotencyKey"] = run });
        var asked = await _owner.EventAsync("exec.approval.requested");
        _approvals++;
        if (step / 12 % 3 == 2)
        {
            await _owner.EventAsync("agent", e => e.GetProperty("data").TryGetProperty("phase", out var phase) && phase.GetString() == "waiting-approval");
            _time.Advance(TimeSpan.FromMinutes(10));
        }
        else await _owner.AskAsync("exec.approval.resolve", new JsonObject { ["id"] = asked.GetProperty("id").GetString(), ["decision"] = step / 12 % 3 == 0 ? "allow-once" : "deny" });
        await EndAsync(run);
    }

    // A day's lines would be a hundredth of it: what is written once more must find it too long and begin another.
    private void FillLog()
    {
        using var log = new FileStream(Path.Combine(_host.Home, "logs", "gateway.jsonl"), FileMode.Append, FileAccess.Write, FileShare.ReadWrite);
        for (var line = 0; line < 70_000; line++) log.Write(Padding);
    }

    /// <summary>Answers by what it was told last: calls the tool that is named, and says something short after its result. It keeps nothing.</summary>
    private sealed class SoakModel : IChatClient
    {
        private int _answers;

        public int Answers => _answers;

        public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
            IEnumerable<ChatMessage> messages, ChatOptions? options = null, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            await Task.Yield();
            var (n, last) = (Interlocked.Increment(ref _answers), messages.Last());
            var words = last.Role == ChatRole.User && last.Text.IndexOf("tool: ", StringComparison.Ordinal) is >= 0 and var at ? last.Text[(at + 6)..].Split(' ') : [];
            AIContent said = words switch
            {
                ["write", ..] => Call(n, "write", new JsonObject { ["path"] = $"notes{n % 10}.txt", ["content"] = $"note {n}" }),
                ["memory", ..] => Call(n, "memory_write", new JsonObject { ["text"] = $"The key {n % 50} hangs behind the boiler." }),
                ["search", ..] => Call(n, "memory_search", new JsonObject { ["query"] = "where is the key?" }),
                ["read", ..] => Call(n, "read", new JsonObject { ["path"] = "HEARTBEAT.md" }),
                ["exec", ..] => Call(n, "exec", new JsonObject { ["command"] = $"touch made{n % 10}" }),
                _ => new TextContent($"That is answer {n}."),
            };
            yield return new ChatResponseUpdate(ChatRole.Assistant, [said]) { FinishReason = said is FunctionCallContent ? ChatFinishReason.ToolCalls : ChatFinishReason.Stop };
        }

        private static FunctionCallContent Call(int n, string name, JsonObject arguments) =>
            new($"call_{n}", name, arguments.ToDictionary(p => p.Key, p => (object?)JsonSerializer.SerializeToElement(p.Value)));

        public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public object? GetService(Type serviceType, object? serviceKey = null) => null;

        public void Dispose() { }
    }
}
