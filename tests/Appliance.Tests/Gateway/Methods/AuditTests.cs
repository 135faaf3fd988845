using System.Text.Json;
using System.Text.Json.Nodes;
using Runtime.Audit;
using Runtime.Audit.Verification;
using TestKit;

namespace Appliance.Tests.Gateway.Methods;

/// <summary>What the audit log holds of a gateway's day.</summary>
public sealed class AuditTests : GatewayTest
{
    [Fact]
    public async Task Everything_ThatWasAskedAndDecided_IsThere_WithoutASecretOrAText()
    {
        await using (var wrong = await GatewayClient.OpenAsync(Host.Address)) await wrong.RequestAsync("connect", GatewayClient.Owner("not-the-token"));
        await using (var reader = await GatewayClient.ConnectAsync(Host.Address, Host.Token, ["operator.read"])) await reader.RequestAsync("config.set", new JsonObject { ["raw"] = "{}" });
        await using (var device = await GatewayClient.OpenAsync(Host.Address)) await device.AskAsync("connect", device.Device(new DeviceKey(1), new JsonObject { ["token"] = Host.Token }));
        await Owner.AskAsync("device.token.revoke", new JsonObject { ["deviceId"] = new DeviceKey(1).Id, ["role"] = "operator" });
        await SayAndHearAsync("what is the moon made of", "run-1");
        await Owner.DisposeAsync();
        await Host.StopAsync();

        var events = AuditReader.NewestFirst(Host.Home).Select(r => r.Event).ToList();
        Assert.Contains(events, e => e is { Action: "connect", Decision: AuditEvent.Deny, Rule: "AUTH_TOKEN_MISMATCH", By: { Person: null, From: "this machine", Channel: "websocket" } });
        Assert.Contains(events, e => e is { Action: "connect", Decision: AuditEvent.Allow, By.Person: "owner" });
        Assert.Contains(events, e => e is { Action: "config.set", Decision: AuditEvent.Deny, Rule: "operator.admin" });
        Assert.Contains(events, e => e is { Kind: AuditKind.Identity, Action: "device.token.revoke" } && e.Resource == new DeviceKey(1).Id);
        Assert.Contains(events, e => e is { Kind: AuditKind.Turn, Action: "chat.send", Run: "run-1", By.Person: "owner" });
        var answered = Assert.Single(events, e => e is { Kind: AuditKind.Turn, Run: "run-1", Outcome: "succeeded" });
        Assert.Equal("tiny", answered.Model);
        Assert.Equal(AuditContent.Of("Hello from the box."), answered.Output);
        Assert.Equal(AuditContent.Of("what is the moon made of"), Assert.Single(events, e => e is { Kind: AuditKind.Turn, Outcome: "started" }).Input);

        var text = string.Concat(Directory.GetFiles(Path.Combine(Host.Home, "audit"), "*.jsonl").Select(File.ReadAllText));
        foreach (var secret in (string[])[Host.Token, "not-the-token", "moon", "Hello from"]) Assert.DoesNotContain(secret, text, StringComparison.Ordinal);
        Assert.Empty(AuditVerifier.Verify(Host.Home).Findings);
    }

    [SharedFact(WireFields.File)]
    public async Task AuditMethods_AnswerInTheReferencesShape()
    {
        await SayAndHearAsync("hi", "run-1");
        await SayAndHearAsync("hi", "run-2", "other");
        var fields = WireFields.Read();
        JsonElement list;
        // What is recorded is on the disk within a second.
        do list = await Owner.AskAsync("audit.list", new JsonObject { ["kind"] = "agent_run" });
        while (list.GetProperty("events").GetArrayLength() < 4);
        Assert.Empty(fields.Validate("AuditListResult", list));
        Assert.Equal(["run-1", "run-1", "run-2", "run-2"], list.GetProperty("events").EnumerateArray().Select(e => e.GetProperty("runId").GetString()).Order());
        var page = await Owner.AskAsync("audit.list", new JsonObject { ["limit"] = 1, ["runId"] = "run-1" });
        Assert.Equal("succeeded", page.GetProperty("events")[0].GetProperty("status").GetString());
        var next = await Owner.AskAsync("audit.list", new JsonObject { ["limit"] = 1, ["runId"] = "run-1", ["cursor"] = page.GetProperty("nextCursor").GetString() });
        Assert.Equal("started", next.GetProperty("events")[0].GetProperty("status").GetString());
        Assert.Empty(fields.Validate("AuditRunInspectResult", await Owner.AskAsync("audit.run.inspect", new JsonObject { ["runId"] = "run-1" })));
        var unknown = await Owner.AskAsync("audit.run.inspect", new JsonObject { ["runId"] = "no such run" });
        Assert.Empty(fields.Validate("AuditRunInspectResult", unknown));
        Assert.Equal("unknown", unknown.GetProperty("identity").GetProperty("state").GetString());
    }
}
