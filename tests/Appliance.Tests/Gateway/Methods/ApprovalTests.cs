using System.Text.Json;
using System.Text.Json.Nodes;
using TestKit;

namespace Appliance.Tests.Gateway.Methods;

public sealed class ApprovalTests : GatewayTest
{
    [SharedFact(Transcripts.Folder)]
    public async Task Request_TwoPhase_IsSeenByAllAndAnsweredByOne()
    {
        var fields = WireFields.Read();
        var id = await Owner.SendRequestAsync("exec.approval.request", new JsonObject
        {
            ["command"] = "rm -rf \u001b[2J build\u202e",
            ["cwd"] = "/srv",
            ["agentId"] = "main",
            ["sessionKey"] = "agent:main:main",
            ["twoPhase"] = true,
            ["timeoutMs"] = 60_000,
        });
        Assert.Equal("accepted", (await Owner.ResponseAsync(id)).GetProperty("payload").GetProperty("status").GetString());
        var requested = await Owner.EventAsync("exec.approval.requested");
        var approval = requested.GetProperty("id").GetString()!;
        // attacks.jsonl, ansi-01: what a terminal would obey is written out.
        Assert.Equal(@"rm -rf \u{1B}[2J build\u{202E}", requested.GetProperty("request").GetProperty("command").GetString());
        Assert.Equal(["allow-once", "deny"], requested.GetProperty("request").GetProperty("allowedDecisions").EnumerateArray().Select(d => d.GetString()));

        Assert.Equal(approval, (await Owner.AskAsync("exec.approval.list"))[0].GetProperty("id").GetString());
        Assert.Equal("/srv", requested.GetProperty("request").GetProperty("cwd").GetString());
        Assert.Equal(60_000, requested.GetProperty("expiresAtMs").GetInt64() - requested.GetProperty("createdAtMs").GetInt64());
        Assert.Empty(fields.Validate("ApprovalGetResult", await Owner.AskAsync("approval.get", Id(approval))));
        Assert.Equal(approval, (await Owner.AskAsync("exec.approval.get", Id(approval))).GetProperty("id").GetString());

        var wait = await Owner.SendRequestAsync("exec.approval.waitDecision", Id(approval));
        Assert.Equal("INVALID_REQUEST", Code(await Owner.RequestAsync("exec.approval.resolve", Id(approval, "allow-always"))));
        Assert.Equal("INVALID_REQUEST", Code(await Owner.RequestAsync("exec.approval.resolve", Id(approval, "perhaps"))));
        await Owner.AskAsync("exec.approval.resolve", Id(approval, "allow-once"));
        Assert.Equal("allow-once", (await Owner.EventAsync("exec.approval.resolved")).GetProperty("decision").GetString());
        foreach (var request in new[] { id, wait }) Assert.Equal("allow-once", (await Owner.ResponseAsync(request)).GetProperty("payload").GetProperty("decision").GetString());

        // approval-03: the id is spent.
        Assert.Equal("APPROVAL_NOT_FOUND", Code(await Owner.RequestAsync("exec.approval.resolve", Id(approval, "allow-once"))));
        Assert.Empty((await Owner.AskAsync("exec.approval.list")).EnumerateArray());
        Assert.Empty(fields.Validate("ApprovalGetResult", await Owner.AskAsync("approval.get", Id(approval))));
        Assert.Empty(fields.Validate("ApprovalHistoryResult", await Owner.AskAsync("approval.history")));
    }

    [SharedFact(Transcripts.Folder)]
    public async Task Resolve_ByAnyKind_SaysWhetherItWasApplied()
    {
        var fields = WireFields.Read();
        var request = await Owner.SendRequestAsync("exec.approval.request", new JsonObject { ["command"] = "make", ["id"] = "mine" });
        await Owner.EventAsync("exec.approval.requested");
        var parameters = Id("mine", "deny");
        parameters["kind"] = "exec";
        var first = await Owner.AskAsync("approval.resolve", parameters.DeepClone().AsObject());
        Assert.True(first.GetProperty("applied").GetBoolean());
        Assert.Empty(fields.Validate("ApprovalResolveResult", first));
        parameters["decision"] = "allow-once";
        var second = await Owner.AskAsync("approval.resolve", parameters);
        Assert.False(second.GetProperty("applied").GetBoolean());
        Assert.Equal("denied", second.GetProperty("approval").GetProperty("status").GetString());
        Assert.Equal("deny", (await Owner.ResponseAsync(request)).GetProperty("payload").GetProperty("decision").GetString());
        Assert.Equal("APPROVAL_NOT_FOUND", Code(await Owner.RequestAsync("approval.get", Id("another"))));
    }

    [Fact]
    public async Task PluginRequest_IsShownAsItsAskerCallsIt_AndAllowedOnceOnly()
    {
        var id = await Owner.SendRequestAsync("plugin.approval.request", new JsonObject { ["title"] = "Pay the bill\u202e", ["description"] = "42 euros to the power company", ["detail"] = "IBAN …", ["toolName"] = "pay", ["agentId"] = "main", ["twoPhase"] = true });
        var accepted = (await Owner.ResponseAsync(id)).GetProperty("payload");
        Assert.Equal("accepted", accepted.GetProperty("status").GetString());
        var asked = await Owner.EventAsync("plugin.approval.requested");
        var request = asked.GetProperty("request");
        Assert.Equal(("plugin", "42 euros to the power company", "IBAN …", "pay"), (asked.GetProperty("approvalKind").GetString(), request.GetProperty("description").GetString(), request.GetProperty("detail").GetString(), request.GetProperty("toolName").GetString()));
        Assert.StartsWith("Pay the bill", request.GetProperty("title").GetString(), StringComparison.Ordinal);
        Assert.DoesNotContain("\u202e", request.GetProperty("title").GetString(), StringComparison.Ordinal);
        var approval = asked.GetProperty("id").GetString()!;
        Assert.Equal("INVALID_REQUEST", Code(await Owner.RequestAsync("plugin.approval.resolve", Id(approval, "allow-always"))));
        await Owner.AskAsync("plugin.approval.resolve", Id(approval, "allow-once"));
        Assert.Equal("allow-once", (await Owner.ResponseAsync(id)).GetProperty("payload").GetProperty("decision").GetString());
        Assert.Equal("INVALID_REQUEST", Code(await Owner.RequestAsync("plugin.approval.request", new JsonObject { ["title"] = "no description" })));
    }

    [Fact]
    public async Task Methods_WithoutTheScope_AreRefusedAndEventsNotHeard()
    {
        await using var reader = await GatewayClient.OpenAsync(Host.Address);
        await reader.AskAsync("connect", reader.Device(new DeviceKey(9), new JsonObject { ["token"] = Host.Token }, scopes: ["operator.read"]));
        Assert.Equal("FORBIDDEN", Code(await reader.RequestAsync("exec.approval.list")));
        await Owner.SendRequestAsync("exec.approval.request", new JsonObject { ["command"] = "make", ["id"] = "x" });
        await Owner.EventAsync("exec.approval.requested");
        Assert.Equal("FORBIDDEN", Code(await reader.RequestAsync("exec.approval.resolve", Id("x", "allow-once"))));
        Assert.Equal("FORBIDDEN", Code(await reader.RequestAsync("exec.approvals.set", new JsonObject { ["file"] = new JsonObject { ["version"] = 1 } })));
        while (reader.Events.TryRead(out var heard)) Assert.DoesNotContain("approval", heard.GetProperty("event").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rules_AreSetByWhoKnowsWhatTheyReplace()
    {
        var before = await Owner.AskAsync("exec.approvals.get");
        Assert.Equal(("allowlist", "on-miss", "deny"), Defaults(before));
        var file = new JsonObject { ["version"] = 1, ["defaults"] = new JsonObject { ["ask"] = "off" }, ["agents"] = new JsonObject { ["main"] = new JsonObject { ["allowlist"] = new JsonArray(new JsonObject { ["pattern"] = "git" }) } } };
        var hash = before.GetProperty("hash").GetString();
        var after = await Owner.AskAsync("exec.approvals.set", new JsonObject { ["file"] = file.DeepClone(), ["baseHash"] = hash });
        Assert.Equal(("allowlist", "off", "deny"), Defaults(after));
        Assert.Equal("git", after.GetProperty("file").GetProperty("agents").GetProperty("main").GetProperty("allowlist")[0].GetProperty("pattern").GetString());
        Assert.Contains("meanwhile", Message(await Owner.RequestAsync("exec.approvals.set", new JsonObject { ["file"] = file.DeepClone(), ["baseHash"] = hash })), StringComparison.Ordinal);
        file["defaults"]!["security"] = "full";
        Assert.Contains("full", Message(await Owner.RequestAsync("exec.approvals.set", new JsonObject { ["file"] = file })), StringComparison.Ordinal);
        Assert.Equal(after.GetProperty("hash").GetString(), (await Owner.AskAsync("exec.approvals.get")).GetProperty("hash").GetString());
    }

    private static (string?, string?, string?) Defaults(JsonElement answer) =>
        answer.GetProperty("resolvedDefaults") is var defaults ? (defaults.GetProperty("security").GetString(), defaults.GetProperty("ask").GetString(), defaults.GetProperty("askFallback").GetString()) : default;

    private static string? Message(JsonElement response) => response.GetProperty("error").GetProperty("message").GetString();

    private static JsonObject Id(string id, string? decision = null) => decision is null ? new JsonObject { ["id"] = id } : new JsonObject { ["id"] = id, ["decision"] = decision };
}
