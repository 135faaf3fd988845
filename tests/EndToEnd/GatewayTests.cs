using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using TestKit;
using Xunit.Abstractions;

namespace EndToEnd;

/// <summary>The gateway of the published binary, over real sockets, with a real model.</summary>
public sealed class GatewayTests(StoryModel story, ITestOutputHelper output) : IClassFixture<StoryModel>
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

    [SharedFact(StoryModel.Reference)]
    public async Task Killed_WhileChatting_LosesAndRepeatsNothingItAcknowledged()
    {
        using var home = new TemporaryFolder();
        var import = await ApplianceBinary.RunAsync(home.Path, "models", "import", Shared.Find(StoryModel.Reference.Split('/'))!, "--as", "story");
        Assert.True(import.ExitCode == 0, import.Error);
        var acknowledged = new List<string>();
        var starts = new List<double>();
        const int kills = 20;
        for (var round = 0; round < kills; round++)
        {
            var clock = Stopwatch.StartNew();
            await using var server = await StartAsync(home.Path);
            await using var client = await GatewayClient.ConnectAsync(server.Client.BaseAddress!, Token);
            starts.Add(clock.Elapsed.TotalMilliseconds);
            if (acknowledged.LastOrDefault() is { } last)
            {
                // What was acknowledged before the kill is known, and is not said again.
                var again = await client.AskAsync("chat.send", Say(last));
                Assert.Equal("ok", again.GetProperty("status").GetString());
            }
            for (var i = 0; i < 1 + round % 3; i++)
            {
                var run = $"{round}-{i}";
                await client.AskAsync("chat.send", Say(run));
                acknowledged.Add(run);
            }
            if (round % 2 == 0) await client.EventAsync("chat", c => c.GetProperty("state").GetString() == "delta");
            using var kill = Process.Start("kill", ["-KILL", server.Process.Id.ToString(CultureInfo.InvariantCulture)]);
            await server.Process.WaitForExitAsync();
        }
        await using var after = await StartAsync(home.Path);
        await using var reader = await GatewayClient.ConnectAsync(after.Client.BaseAddress!, Token);
        var history = await reader.AskAsync("chat.history", new JsonObject { ["sessionKey"] = "main", ["limit"] = 1000 });
        var said = history.GetProperty("messages").EnumerateArray().Where(m => m.GetProperty("role").GetString() == "user").Select(m => m.GetProperty("content")[0].GetProperty("text").GetString()!);
        Assert.Equal(acknowledged, said);
        output.WriteLine(FormattableString.Invariant($"figure: gateway: {kills} kills while chatting, {acknowledged.Count} acknowledged messages, none lost or twice; {starts.Order().ElementAt(kills / 2):F0} ms from start to hello-ok (median)"));

        static JsonObject Say(string run) => new() { ["sessionKey"] = "main", ["message"] = run, ["idempotencyKey"] = run };
    }

    private static Task<RunningServer> StartAsync(string home) => SocketTests.StartAsync(home, Token);
}
