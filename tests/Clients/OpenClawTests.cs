namespace Clients;

/// <summary>What the unchanged openclaw program does beside the invocations of the protocol's table: its doctor, its audit and its node host.</summary>
public sealed class OpenClawTests(ClientsFixture fixture) : IClassFixture<ClientsFixture>
{
    private OpenClaw Claw => fixture.OpenClaw;

    [Fact]
    public async Task Doctor_And_SecurityAudit_EndWell()
    {
        await Claw.RunAsync("doctor");
        await Claw.RunAsync("security", "audit", "--deep");
    }

    [Fact]
    public async Task NodeHost_PairsAndAnswersAnInvoke()
    {
        await using var owner = await fixture.ConnectAsync();
        var address = fixture.Server.Client.BaseAddress!;
        using var host = new OpenClaw(address, ClientsFixture.Token);
        using var node = host.Start(["node", "run", "--host", address.Host, "--port", $"{address.Port}"]);
        try
        {
            var requested = await owner.EventAsync("node.pair.requested");
            var (request, id) = (requested.GetProperty("requestId").GetString()!, requested.GetProperty("nodeId").GetString()!);
            var list = await Claw.AskAsync("nodes", "list", "--json");
            Assert.Equal(request, list.GetProperty("pending")[0].GetProperty("requestId").GetString());
            await Claw.RunAsync("nodes", "approve", request);
            var status = await Claw.AskAsync("nodes", "status", "--json");
            Assert.Equal(id, status.GetProperty("nodes")[0].GetProperty("nodeId").GetString());
            var answer = await Claw.AskAsync("nodes", "invoke", "--node", id, "--command", "system.which", "--params", """{"bins":["sh"]}""");
            Assert.EndsWith("/sh", answer.GetProperty("payload").GetProperty("bins").GetProperty("sh").GetString(), StringComparison.Ordinal);
            var devices = await Claw.AskAsync("devices", "list", "--json");
            Assert.Contains(id, devices.GetProperty("paired").EnumerateArray().Select(d => d.GetProperty("deviceId").GetString()));
        }
        finally
        {
            node.Kill(entireProcessTree: true);
            await node.WaitForExitAsync();
        }
    }
}
