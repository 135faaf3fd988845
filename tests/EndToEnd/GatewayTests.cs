using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using TestKit;

namespace EndToEnd;

/// <summary>The gateway of the published binary, over real sockets, with a real model.</summary>
public sealed class GatewayTests(StoryModel story) : IClassFixture<StoryModel>
{
    private const string Token = "0123456789abcdef0123456789abcdef";

    [Fact]
    public async Task Serve_FirstStart_ShowsItsTokenOnce_AndItWorks()
    {
        using var home = new TemporaryFolder();
        string token;
        await using (var server = await RunningServer.StartAsync(home.Path))
        {
            var line = await server.Process.StandardOutput.ReadLineAsync();
            token = Regex.Match(line!, "^gateway token, shown this once: ([A-Za-z0-9_-]{43})$").Groups[1].Value;
            Assert.NotEqual("", token);
            await using var client = await GatewayClient.ConnectAsync(server.Client.BaseAddress!, token);
            Assert.True((await client.RequestAsync("health")).GetProperty("ok").GetBoolean());
        }
        await using (var again = await RunningServer.StartAsync(home.Path))
        {
            Assert.DoesNotContain("token", await again.Process.StandardOutput.ReadLineAsync(), StringComparison.Ordinal);
            await using var client = await GatewayClient.ConnectAsync(again.Client.BaseAddress!, token);
        }
        await using var renewed = await RunningServer.StartAsync(home.Path, "--new-token");
        Assert.Contains("shown this once", await renewed.Process.StandardOutput.ReadLineAsync(), StringComparison.Ordinal);
        await Assert.ThrowsAsync<InvalidOperationException>(() => GatewayClient.ConnectAsync(renewed.Client.BaseAddress!, token));
    }

    [SharedFact(StoryModel.Reference)]
    public async Task Agent_AnswersWithTheModel_AndTheTranscriptHoldsIt()
    {
        await using var server = await StartAsync(story.Home);
        await using var client = await GatewayClient.ConnectAsync(server.Client.BaseAddress!, Token);
        var id = await client.SendRequestAsync("agent", new JsonObject { ["message"] = "Once upon a time", ["sessionKey"] = $"agent:main:{Guid.NewGuid()}", ["idempotencyKey"] = "a1" });
        var key = (await client.ResponseAsync(id)).GetProperty("payload").GetProperty("sessionKey").GetString();
        var result = (await client.ResponseAsync(id)).GetProperty("payload").GetProperty("result");
        Assert.Equal("story", result.GetProperty("meta").GetProperty("agentMeta").GetProperty("model").GetString());
        var said = result.GetProperty("payloads")[0].GetProperty("text").GetString();
        var history = await client.AskAsync("chat.history", new JsonObject { ["sessionKey"] = key });
        Assert.Equal(["Once upon a time", said], history.GetProperty("messages").EnumerateArray().Select(m => m.GetProperty("content")[0].GetProperty("text").GetString()));
    }

    private static Task<RunningServer> StartAsync(string home) => SocketTests.StartAsync(home, Token);
}
