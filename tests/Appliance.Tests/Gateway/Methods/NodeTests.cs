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

    [Fact]
    public async Task Rules_OfANode_AreReadAndSetOnIt_ByAnAdministratorAlone()
    {
        await using var node = await ConnectAsync("system.execApprovals.get", "system.execApprovals.set");
        await ApproveAsync();
        var get = await Owner.SendRequestAsync("exec.approvals.node.get", new JsonObject { ["nodeId"] = Key.Id });
        Assert.Equal(("system.execApprovals.get", "{}"), await AnswerAsync("""{"path":"/n","exists":true,"hash":"h1","file":{"version":1}}"""));
        Assert.Equal("h1", (await Owner.ResponseAsync(get)).GetProperty("payload").GetProperty("hash").GetString());
        var set = await Owner.SendRequestAsync("exec.approvals.node.set", new JsonObject { ["nodeId"] = Key.Id, ["file"] = new JsonObject { ["version"] = 1 }, ["baseHash"] = "h1" });
        Assert.Equal(("system.execApprovals.set", """{"file":{"version":1},"baseHash":"h1"}"""), await AnswerAsync("""{"path":"/n","exists":true,"hash":"h2","file":{"version":1}}"""));
        Assert.Equal("h2", (await Owner.ResponseAsync(set)).GetProperty("payload").GetProperty("hash").GetString());
        Assert.Equal("INVALID_REQUEST", Code(await Owner.RequestAsync("exec.approvals.node.set", new JsonObject { ["nodeId"] = Key.Id })));
        Assert.Equal("UNAVAILABLE", Code(await Owner.RequestAsync("exec.approvals.node.get", new JsonObject { ["nodeId"] = "none" })));
        await using var writer = await GatewayClient.ConnectAsync(Host.Address, Host.Token, ["operator.write"]);
        Assert.Equal("FORBIDDEN", Code(await writer.RequestAsync("exec.approvals.node.get", new JsonObject { ["nodeId"] = Key.Id })));
        Assert.Equal("FORBIDDEN", Code(await writer.RequestAsync("node.invoke", Invoke("i1", "system.execApprovals.set"))));

        async Task<(string?, string?)> AnswerAsync(string payload)
        {
            var asked = await node.EventAsync("node.invoke.request");
            await node.AskAsync("node.invoke.result", new JsonObject { ["id"] = asked.GetProperty("id").GetString(), ["ok"] = true, ["payloadJSON"] = payload });
            return (asked.GetProperty("command").GetString(), asked.GetProperty("paramsJSON").GetString());
        }
    }

    [Fact]
    public async Task Stats_OfANode_AreHeardAndListed_UntilItGoes()
    {
        var node = await ConnectAsync();
        var said = """{"cpuCount":4,"loadAverage":[0.5,0.25,0.1],"memoryTotalBytes":8000,"memoryFreeBytes":5000}""";
        var taken = await node.AskAsync("node.event", new JsonObject { ["event"] = "node.host.stats", ["payloadJSON"] = said });
        Assert.Equal((true, "updated"), (taken.GetProperty("handled").GetBoolean(), taken.GetProperty("reason").GetString()));
        Assert.Equal(5000, (await Owner.EventAsync("node.hostStats")).GetProperty("hostStats").GetProperty("memoryFreeBytes").GetInt64());
        Assert.Equal(0.25, (await Owner.AskAsync("node.list")).GetProperty("nodes")[0].GetProperty("hostStats").GetProperty("loadAverage")[1].GetDouble());
        foreach (var wrong in (string[])["[]", "no json", """{"cpuCount":0,"memoryTotalBytes":1,"memoryFreeBytes":1}""", """{"cpuCount":"4"}"""])
            Assert.Equal("invalid_payload", (await node.AskAsync("node.event", new JsonObject { ["event"] = "node.host.stats", ["payloadJSON"] = wrong })).GetProperty("reason").GetString());
        await node.DisposeAsync();
        await Owner.EventAsync("presence", p => p.GetProperty("presence").GetArrayLength() == 1);
        Assert.DoesNotContain("hostStats", (await Owner.AskAsync("node.list")).ToString(), StringComparison.Ordinal);
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
