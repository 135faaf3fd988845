using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json.Nodes;
using TestKit;
using Xunit.Abstractions;

namespace EndToEnd;

/// <summary>The published binary, killed while it sends what has waited: nothing that it acknowledged is lost, and nothing is sent twice.</summary>
public sealed class OutboxTests(ITestOutputHelper output)
{
    private const string Token = "0123456789abcdef0123456789abcdef";

    [Fact]
    public Task Killed_WhileSending_LosesAndRepeatsNothing() => KillAsync(6);

    [Fact, Trait("Speed", "Slow")]
    public Task Killed_200TimesWhileSending_LosesAndRepeatsNothing() => KillAsync(200);

    private async Task KillAsync(int kills)
    {
        using var home = new TemporaryFolder();
        var (arrived, isBusy, kill) = (new ConcurrentQueue<string>(), true, (Action?)null);
        using var telegram = new FakeServer(request =>
        {
            // Too busy: it was not taken, for certain.
            if (isBusy) return new FakeReply(429, """{"ok":false,"description":"Too Many Requests"}""");
            arrived.Enqueue(JsonNode.Parse(request.Body)!["text"]!.GetValue<string>());
            // It has arrived, and the box will never hear so.
            Interlocked.Exchange(ref kill, null)?.Invoke();
            return new FakeReply(200, """{"ok":true,"result":{"message_id":1}}""");
        });
        await File.WriteAllTextAsync(home["appliance.json"], $$"""{ "channels": { "telegram": { "apiRoot": "{{telegram.Address}}", "botToken": "1:token" } } }""");
        var acknowledged = new List<string>();
        for (var round = 0; round < kills; round++)
        {
            isBusy = true;
            await using var server = await SocketTests.StartAsync(home.Path, Token);
            await using (var client = await GatewayClient.ConnectAsync(server.Client.BaseAddress!, Token))
            {
                for (var i = 0; i < 3; i++)
                {
                    var text = $"{round}-{i}";
                    await client.AskAsync("send", new JsonObject { ["channel"] = "telegram", ["to"] = $"{i % 2}", ["message"] = text, ["idempotencyKey"] = text });
                    acknowledged.Add(text);
                }
                // By turns in the middle of a send, and between the acknowledgement and the first.
                if (round % 2 == 0)
                {
                    var killed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                    kill = () =>
                    {
                        server.Process.Kill();
                        killed.SetResult();
                    };
                    isBusy = false;
                    // Its answer may never come.
                    _ = client.RequestAsync("outbox.retry");
                    await killed.Task.WaitAsync(TimeSpan.FromSeconds(60));
                }
                else
                {
                    server.Process.Kill();
                }
            }
            await server.Process.WaitForExitAsync();
        }
        (isBusy, kill) = (false, null);
        await using var last = await SocketTests.StartAsync(home.Path, Token);
        await using var owner = await GatewayClient.ConnectAsync(last.Client.BaseAddress!, Token);
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        string[] held;
        while (true)
        {
            var entries = (await owner.AskAsync("outbox.list")).GetProperty("entries").EnumerateArray().ToArray();
            held = [.. entries.Select(entry => entry.GetProperty("body").GetString()!)];
            if (entries.All(entry => entry.GetProperty("state").GetString() == "held")) break;
            patience.Token.ThrowIfCancellationRequested();
            await owner.RequestAsync("outbox.retry");
        }
        Assert.Equal(arrived.Distinct(), arrived);
        Assert.Equal(acknowledged.Order(), arrived.Union(held).Order());
        // What is held is what a kill cut off, and nothing else: one for each of the two chats, whether the other side was busy just then or not.
        Assert.InRange(held.Length, 0, 2 * kills);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"figure: outbox: {kills} kills, {acknowledged.Count} acknowledged messages: {arrived.Count} arrived once, {held.Length} held for their owner, 0 lost, 0 twice"));
    }
}
