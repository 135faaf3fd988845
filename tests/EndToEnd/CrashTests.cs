using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using TestKit;
using Xunit.Abstractions;

namespace EndToEnd;

/// <summary>The published binary, killed while it chats: what it acknowledged is there when it comes back, once.</summary>
public sealed class CrashTests(ITestOutputHelper output)
{
    private const string Token = "0123456789abcdef0123456789abcdef";

    [SharedFact(StoryModel.Reference)]
    public Task Killed_WhileChatting_LosesAndRepeatsNothingItAcknowledged() => KillAsync(20);

    [SharedFact(StoryModel.Reference), Trait("Speed", "Slow")]
    public Task Killed_500TimesWhileChatting_LosesAndRepeatsNothingItAcknowledged() => KillAsync(500);

    private async Task KillAsync(int kills)
    {
        using var home = new TemporaryFolder();
        var import = await ApplianceBinary.RunAsync(home.Path, "models", "import", Shared.Find(StoryModel.Reference.Split('/'))!, "--as", "story");
        Assert.True(import.ExitCode == 0, import.Error);
        var acknowledged = new List<string>();
        List<double> ready = [], welcome = [];
        for (var round = 0; round < kills; round++)
        {
            var clock = Stopwatch.StartNew();
            await using var server = await SocketTests.StartAsync(home.Path, Token);
            Assert.True((await server.Client.GetAsync(new Uri("/healthz", UriKind.Relative))).IsSuccessStatusCode);
            ready.Add(clock.Elapsed.TotalMilliseconds);
            await using var client = await GatewayClient.ConnectAsync(server.Client.BaseAddress!, Token);
            welcome.Add(clock.Elapsed.TotalMilliseconds);
            if (acknowledged.LastOrDefault() is { } last)
            {
                // What was acknowledged before the kill is known, and is not said again.
                var again = await client.AskAsync("chat.send", Say(last));
                Assert.Contains(again.GetProperty("status").GetString(), (string[])["ok", "in_flight"]);
            }
            for (var i = 0; i < 1 + round % 3; i++)
            {
                var run = $"{round}-{i}";
                await client.AskAsync("chat.send", Say(run));
                acknowledged.Add(run);
            }
            // An answer may be empty: then its end is all there is of it.
            if (round % 2 == 0 && await client.EventAsync("chat", c => c.GetProperty("state").GetString() is "delta" or "final" or "error") is var said && said.GetProperty("state").GetString() == "error") Assert.Fail($"round {round}: {said}");
            using var kill = Process.Start("kill", ["-KILL", server.Process.Id.ToString(CultureInfo.InvariantCulture)]);
            await server.Process.WaitForExitAsync();
        }
        await using var after = await SocketTests.StartAsync(home.Path, Token);
        await using var reader = await GatewayClient.ConnectAsync(after.Client.BaseAddress!, Token);
        var kept = new List<string>();
        for (int page, offset = 0; ; offset += page)
        {
            var history = await reader.AskAsync("chat.history", new JsonObject { ["sessionKey"] = "main", ["limit"] = 1000, ["offset"] = offset });
            var messages = history.GetProperty("messages").EnumerateArray().ToArray();
            page = messages.Length;
            kept.InsertRange(0, messages.Where(m => m.GetProperty("role").GetString() == "user").Select(m => m.GetProperty("content")[0].GetProperty("text").GetString()!));
            if (page < 1000) break;
        }
        Assert.Equal(acknowledged, kept);
        ready.Sort();
        welcome.Sort();
        output.WriteLine(FormattableString.Invariant(
            $"figure: crash: {kills} kills while chatting, {acknowledged.Count} acknowledged messages, none lost or twice; start to ready p50 {ready[kills / 2]:F0} ms, p99 {ready[kills * 99 / 100]:F0} ms; to hello-ok p50 {welcome[kills / 2]:F0}, p99 {welcome[kills * 99 / 100]:F0} (goal 200)"));

        static JsonObject Say(string run) => new() { ["sessionKey"] = "main", ["message"] = run, ["idempotencyKey"] = run };
    }
}
