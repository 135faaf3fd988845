using System.Text.Json;
using System.Text.Json.Nodes;
using TestKit;

namespace Clients;

/// <summary>A gateway with something of everything that the invocations ask for, and a client of our own that says how it really is.</summary>
public sealed class InvocationFixture : IAsyncLifetime
{
    // Heartbeats come at once, until there has been one.
    private readonly ClientsFixture _clients;
    private GatewayClient _node = null!;
    private GatewayClient _device = null!;

    /// <summary>Before the server is there.</summary>
    public InvocationFixture() => _clients = new()
    {
        Config = $$$"""{"heartbeat":{"every":"1s"},"channels":{"telegram":{"botToken":"1:token","apiRoot":"{{{Telegram.Address}}}"} } }""",
    };

    /// <summary>What stands in for Telegram; it takes every message.</summary>
    public FakeServer Telegram { get; } = new(_ => new FakeReply(200, """{"ok":true,"result":{"message_id":77,"chat":{"id":1,"type":"private"},"date":1,"text":"hi"}}"""));

    /// <summary>OpenClaw's program.</summary>
    public OpenClaw Claw => _clients.OpenClaw;

    /// <summary>Our own client.</summary>
    public GatewayClient Owner { get; private set; } = null!;

    /// <inheritdoc/>
    public async Task InitializeAsync()
    {
        await _clients.InitializeAsync();
        if (Shared.Find(ClientsFixture.Model.Split('/')) is null) return;
        Owner = await _clients.ConnectAsync();
        await Owner.AskAsync("sessions.subscribe");
        await Owner.AskAsync("sessions.create", new JsonObject { ["key"] = "plans", ["label"] = "Plans" });
        await SayAsync("plans", "There was a dog", "facts-1");
        await Owner.AskAsync("cron.add", JsonNode.Parse("""{"name":"water","schedule":{"kind":"every","everyMs":36000000},"sessionTarget":"isolated","wakeMode":"now","payload":{"kind":"agentTurn","message":"water the plants"}}"""));
        var address = _clients.Server.Client.BaseAddress!;
        var auth = new JsonObject { ["token"] = ClientsFixture.Token };
        _device = await GatewayClient.OpenAsync(address);
        await _device.AskAsync("connect", _device.Device(new DeviceKey(33), auth.DeepClone().AsObject()));
        _node = await GatewayClient.OpenAsync(address);
        await _node.AskAsync("connect", _node.Device(new DeviceKey(34), auth, role: "node", change: c => c["commands"] = new JsonArray("system.which")));
        await Owner.AskAsync("node.pair.approve", new JsonObject { ["requestId"] = (await Owner.EventAsync("node.pair.requested")).GetProperty("requestId").GetString() });
        await BeatAsync();
    }

    /// <summary>Says something and waits for what came of it.</summary>
    public async Task SayAsync(string session, string text, string runId)
    {
        await Owner.AskAsync("chat.send", new JsonObject { ["sessionKey"] = session, ["message"] = text, ["idempotencyKey"] = runId });
        await SettledAsync(runId);
    }

    /// <summary>Waits until a run has ended, whoever began it.</summary>
    public Task SettledAsync(string? runId = null) => Owner.EventAsync("chat", c => (runId is null || c.GetProperty("runId").GetString() == runId) && c.GetProperty("state").GetString() is "final" or "error");

    /// <summary>What our own gateway says.</summary>
    public Task<JsonElement> AskAsync(string method, string? parameters = null) => Owner.AskAsync(method, parameters is null ? null : JsonNode.Parse(parameters));

    /// <inheritdoc/>
    public async Task DisposeAsync()
    {
        foreach (var client in new[] { _node, _device, Owner }) if (client is not null) await client.DisposeAsync();
        await _clients.DisposeAsync();
        Telegram.Dispose();
    }

    // One heartbeat, and no more, so that there is a last one.
    private async Task BeatAsync()
    {
        await Owner.AskAsync("agents.files.set", new JsonObject { ["agentId"] = "main", ["name"] = "HEARTBEAT.md", ["content"] = "- Look at the garden." });
        await Owner.EventAsync("heartbeat", beat => beat.GetProperty("status").GetString() is not ("skipped" or "failed"));
        await Owner.AskAsync("set-heartbeats", new JsonObject { ["enabled"] = false });
    }
}
