using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using TestKit;
using Xunit.Abstractions;

namespace EndToEnd;

/// <summary>The 2 GB server: gateway, router and a model of the box in 512 MB, with a model elsewhere for what may go there.</summary>
public sealed class SmallServerTests(ITestOutputHelper output)
{
    private const string Token = "0123456789abcdef0123456789abcdef";
    private const int Turns = 40, Clients = 50;

    [SmallServerFact]
    public async Task Hybrid_In512MB_AnswersEveryTurnAndIsNotKilled()
    {
        using var home = new TemporaryFolder();
        using var cloud = new FakeServer(_ => new FakeReply(200, "data: {\"choices\":[{\"delta\":{\"content\":\"From elsewhere.\"},\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":20,\"completion_tokens\":3}}\n\ndata: [DONE]\n\n").With("Content-Type", "text/event-stream"));
        var import = await ApplianceBinary.RunAsync(home.Path, "models", "import", Shared.Find(StoryModel.Reference.Split('/'))!, "--as", "story");
        Assert.True(import.ExitCode == 0, import.Error);
        await File.WriteAllTextAsync(home["appliance.json"], $$"""
            {
              "models": { "targets": { "cloud": { "url": "{{cloud.Address}}", "model": "m", "priceIn": 0, "priceOut": 0, "keepsData": false } } },
              "router": { "profile": "cloud-first" },
            }
            """);
        using var cgroup = new MemoryCgroup(512 << 20);
        await using var server = await SocketTests.StartAsync(home.Path, Token, cgroup.Wrap);
        var clients = new List<GatewayClient>();
        try
        {
            for (var i = 0; i < Clients; i++) clients.Add(await GatewayClient.ConnectAsync(server.Client.BaseAddress!, Token));
            var elsewhere = 0;
            for (var i = 0; i < Turns; i++)
            {
                // What is private stays: the model of the box answers it.
                var isPrivate = i % 2 == 1;
                var body = new JsonObject { ["message"] = isPrivate ? "My card is 4111 1111 1111 1111." : "How far is the moon?", ["sessionKey"] = $"s{i}" };
                using var answer = await server.Client.PostAsync("/api/v1/chat", new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json"));
                var text = await answer.Content.ReadAsStringAsync();
                Assert.True(answer.StatusCode == HttpStatusCode.OK, text);
                Assert.Equal(!isPrivate, text.Contains("From elsewhere.", StringComparison.Ordinal));
                elsewhere += isPrivate ? 0 : 1;
            }
            Assert.False(server.Process.HasExited);
            Assert.Equal((Turns / 2, Turns / 2), (elsewhere, cloud.Requests.Count));
            output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"figure: hybrid in 512 MB: {Turns} turns, half of them elsewhere, {Clients} clients: {cgroup.Peak / 1e6:F0} MB at most with pages of files, {cgroup.Private / 1e6:F0} MB of its own now; not killed"));
            Assert.InRange(cgroup.Peak, 1, 512 << 20);
        }
        finally
        {
            foreach (var client in clients) await client.DisposeAsync();
        }
    }

    /// <summary>A fact that needs a memory cgroup of its own, and the story model.</summary>
    private sealed class SmallServerFactAttribute : FactAttribute
    {
        public SmallServerFactAttribute() => Skip = new CgroupFactAttribute().Skip ?? new SharedFactAttribute(StoryModel.Reference).Skip;
    }
}
