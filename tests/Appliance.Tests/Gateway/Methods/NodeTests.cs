using System.Text.Json.Nodes;
using TestKit;

namespace Appliance.Tests.Gateway.Methods;

public sealed class NodeTests : GatewayTest
{
    private static readonly DeviceKey Key = new(7);

    [Fact]
    public async Task Node_IsApproved_ThenAnswersAnInvoke()
    {
        await using var node = await ConnectAsync();
        var requested = await Owner.EventAsync("node.pair.requested");
        Assert.Equal(Key.Id, requested.GetProperty("nodeId").GetString());
        Assert.Equal("INVALID_REQUEST", Code(await Owner.RequestAsync("node.invoke", Invoke("i1"))));
        await Owner.AskAsync("node.pair.approve", new JsonObject { ["requestId"] = requested.GetProperty("requestId").GetString() });
        Assert.Equal("approved", (await Owner.EventAsync("node.pair.resolved")).GetProperty("decision").GetString());

        var id = await Owner.SendRequestAsync("node.invoke", Invoke("i2"));
        var asked = await node.EventAsync("node.invoke.request");
        Assert.Equal("""{"bins":["sh"]}""", asked.GetProperty("paramsJSON").GetString());
        // The same key again waits for the same answer.
        var again = await Owner.SendRequestAsync("node.invoke", Invoke("i2"));
        await node.AskAsync("node.invoke.result", new JsonObject { ["id"] = asked.GetProperty("id").GetString(), ["nodeId"] = Key.Id, ["ok"] = true, ["payloadJSON"] = """{"bins":{"sh":"/bin/sh"}}""" });
        foreach (var response in new[] { await Owner.ResponseAsync(id), await Owner.ResponseAsync(again) })
            Assert.Equal("/bin/sh", response.GetProperty("payload").GetProperty("payload").GetProperty("bins").GetProperty("sh").GetString());
        Assert.False(node.Events.TryRead(out var twice) && twice.GetProperty("event").GetString() == "node.invoke.request");

        var listed = (await Owner.AskAsync("node.list")).GetProperty("nodes")[0];
        Assert.Equal(("approved", true), (listed.GetProperty("approvalState").GetString(), listed.GetProperty("connected").GetBoolean()));
    }

    [Fact]
    public async Task Node_OffersMoreThanWasApproved_WaitsAgainForTheRest()
    {
        await using (var node = await ConnectAsync()) await ApproveAsync();
        await using var wider = await ConnectAsync("system.which", "camera.snap");
        var requested = await Owner.EventAsync("node.pair.requested");
        Assert.Contains("camera.snap", requested.GetProperty("commands").EnumerateArray().Select(c => c.GetString()));
        Assert.Equal("INVALID_REQUEST", Code(await Owner.RequestAsync("node.invoke", Invoke("i1", "camera.snap"))));
    }

    [Fact]
    public async Task Invoke_NodeGoesAway_FailsAtOnce()
    {
        var node = await ConnectAsync();
        await ApproveAsync();
        var id = await Owner.SendRequestAsync("node.invoke", Invoke("i1"));
        await node.EventAsync("node.invoke.request");
        await node.DisposeAsync();
        Assert.Contains("disconnected", (await Owner.ResponseAsync(id)).GetProperty("error").GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Methods_AreForTheirRole()
    {
        await using var node = await ConnectAsync();
        Assert.Equal("unauthorized role: node", (await node.RequestAsync("chat.send", new JsonObject { ["sessionKey"] = "main", ["message"] = "x", ["idempotencyKey"] = "1" })).GetProperty("error").GetProperty("message").GetString());
        Assert.Equal("unauthorized role: operator", (await Owner.RequestAsync("node.invoke.result", new JsonObject { ["id"] = "1" })).GetProperty("error").GetProperty("message").GetString());
        Assert.True((await node.RequestAsync("health")).GetProperty("ok").GetBoolean());
    }

    [Fact]
    public async Task Result_OfAnotherNode_IsNoAnswer()
    {
        await using var node = await ConnectAsync();
        await ApproveAsync();
        await using var stranger = await GatewayClient.OpenAsync(Host.Address);
        await stranger.AskAsync("connect", stranger.Device(new DeviceKey(8), new JsonObject { ["token"] = Host.Token }, role: "node"));
        var id = await Owner.SendRequestAsync("node.invoke", Invoke("i1"));
        var invocation = (await node.EventAsync("node.invoke.request")).GetProperty("id").GetString();
        await stranger.AskAsync("node.invoke.result", new JsonObject { ["id"] = invocation, ["nodeId"] = Key.Id, ["ok"] = true, ["payloadJSON"] = "\"forged\"" });
        await node.AskAsync("node.invoke.result", new JsonObject { ["id"] = invocation, ["ok"] = false, ["error"] = new JsonObject { ["message"] = "no such bin" } });
        Assert.Equal("no such bin", (await Owner.ResponseAsync(id)).GetProperty("error").GetProperty("message").GetString());
    }

    private static JsonObject Invoke(string key, string command = "system.which") => new()
    {
        ["nodeId"] = Key.Id,
        ["command"] = command,
        ["params"] = new JsonObject { ["bins"] = new JsonArray("sh") },
        ["idempotencyKey"] = key,
    };

    private async Task ApproveAsync() =>
        await Owner.AskAsync("node.pair.approve", new JsonObject { ["requestId"] = (await Owner.EventAsync("node.pair.requested")).GetProperty("requestId").GetString() });

    private async Task<GatewayClient> ConnectAsync(params string[] commands)
    {
        var node = await GatewayClient.OpenAsync(Host.Address);
        await node.AskAsync("connect", node.Device(Key, new JsonObject { ["token"] = Host.Token }, role: "node", change: c =>
            c["commands"] = new JsonArray([.. (commands.Length > 0 ? commands : ["system.which"]).Select(name => (JsonNode)name)])));
        return node;
    }
}
