using System.Text.Json.Nodes;
using Appliance.Tests.Http;
using Microsoft.Extensions.AI;
using Runtime.Audit;
using Runtime.Audit.Verification;
using TestKit;

namespace Appliance.Tests.Hosting.Crashes;

/// <summary>kill -9 while a command waits for a person's answer.</summary>
public sealed class KilledApprovalTests : IDisposable
{
    private readonly TemporaryFolder _home = new();

    public void Dispose() => _home.Dispose();

    [Fact]
    public async Task Killed_WhileACommandWaitsForItsApproval_NothingRunsAfterwards_AndTheSessionSaysSo()
    {
        await File.WriteAllTextAsync(_home["appliance.json"], """{"agents":{"main":{"tools":{"profile":"operator"}}}}""");
        string approval;
        using (var child = new ChildGateway(_home.Path, "touch made"))
        {
            await using var owner = await GatewayClient.ConnectAsync(child.Address, ChildGateway.Token);
            await owner.AskAsync("chat.send", new JsonObject { ["sessionKey"] = "main", ["message"] = "make it", ["idempotencyKey"] = "r1" });
            approval = (await owner.EventAsync("exec.approval.requested")).GetProperty("id").GetString()!;
            child.Kill();
        }

        var model = new ScriptedSteps([new TextContent("I do not know whether it was made.")]);
        await using (var host = await TestHost.StartAtAsync(_home.Path, ChildGateway.Token, model))
        {
            await using var owner = await GatewayClient.ConnectAsync(host.Address, ChildGateway.Token);
            // The turn goes on where it was, and is over; the command is not among what it does.
            await owner.EventAsync("chat", c => c.GetProperty("runId").GetString() == "r1" && c.GetProperty("state").GetString() == "final");
            Assert.Empty((await owner.AskAsync("exec.approval.list")).EnumerateArray());
            var late = await owner.RequestAsync("exec.approval.resolve", new JsonObject { ["id"] = approval, ["decision"] = "allow-once" });
            Assert.Equal("APPROVAL_NOT_FOUND", late.GetProperty("error").GetProperty("code").GetString());
            var rows = (await owner.AskAsync("chat.history", new JsonObject { ["sessionKey"] = "main" })).GetProperty("messages").EnumerateArray().ToArray();
            Assert.Equal(["user", "assistant", "toolResult", "assistant"], rows.Select(row => row.GetProperty("role").GetString()));
            Assert.Contains("waited for an approval, which is gone", rows[2].GetProperty("content")[0].GetProperty("text").GetString(), StringComparison.Ordinal);
            Assert.Single(model.Asked);
            Assert.Empty(host.Bugs);
        }
        Assert.Empty(Directory.EnumerateFiles(_home.Path, "made", SearchOption.AllDirectories));
        Assert.DoesNotContain(AuditReader.NewestFirst(_home.Path), record => record.Event is { Kind: AuditKind.Tool, Action: "exec", Decision: AuditEvent.Allow });
        Assert.Empty(AuditVerifier.Verify(_home.Path).Findings);
    }
}
