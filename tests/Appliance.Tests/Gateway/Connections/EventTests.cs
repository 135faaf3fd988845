using System.Diagnostics;
using System.Net.WebSockets;
using System.Text.Json.Nodes;
using Appliance.Gateway.Connections;
using Appliance.Gateway.Protocol;
using Appliance.Tests.Http;
using TestKit;
using Xunit.Abstractions;

namespace Appliance.Tests.Gateway.Connections;

public sealed class EventTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Tick_ComesEveryThirtySeconds_AndCounts()
    {
        var time = new ManualTime();
        await using var host = await TestHost.StartAsync(o => o with { Time = time });
        await using var client = await GatewayClient.ConnectAsync(host.Address, host.Token);
        var told = new List<string>();
        for (var i = 1; i <= 4; i++)
        {
            time.Advance(ProtocolLimits.Tick);
            for (var more = i % 2 == 0 ? 2 : 1; more > 0; more--)
            {
                var frame = await client.Events.ReadAsync();
                told.Add(frame.GetProperty("event").GetString()!);
                Assert.Equal(told.Count, frame.GetProperty("seq").GetInt64());
            }
        }
        // Health comes every minute.
        Assert.Equal(["tick", "tick", "health", "tick", "tick", "health"], told);
    }

    [Fact]
    public void EventTable_NamesOnlyWhatIsSent()
    {
        var sources = Directory.EnumerateFiles(Path.Combine(Repository.Root, "src", "Appliance"), "*.cs", SearchOption.AllDirectories)
            .Where(f => Path.GetFileName(f) != "GatewayEvents.cs").Select(File.ReadAllText).ToArray();
        Assert.All(GatewayEvents.Names, name => Assert.True(sources.Any(s => IsIn(s, $"\"{name}\"") || IsIn(s, $"}}.{name[(name.IndexOf('.', StringComparison.Ordinal) + 1)..]}\"")), $"nobody sends {name}"));

        // Whole, or with its first word put in: $"{kind}.approval.requested".
        static bool IsIn(string source, string text) => source.Contains(text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SlowConsumer_IsCutOff_AndSlowsNobody()
    {
        await using var host = await TestHost.StartAsync();
        await using var good = await GatewayClient.ConnectAsync(host.Address, host.Token);
        await using var slow = await GatewayClient.OpenAsync(host.Address, reads: false);
        await slow.SendRequestAsync("connect", GatewayClient.Owner(host.Token));
        await slow.SendRequestAsync("sessions.subscribe");
        await good.AskAsync("sessions.subscribe");
        await good.AskAsync("sessions.create", new JsonObject { ["key"] = "big" });
        var text = new string('x', 1024 * 1024);
        const int messages = 40;
        for (var i = 0; i < messages; i++)
            await good.AskAsync("chat.inject", new JsonObject { ["sessionKey"] = "big", ["message"] = $"{i} {text}" });
        // In order, none missing, though another client takes none.
        for (var i = 0; i < messages; i++)
        {
            var message = await good.EventAsync("session.message");
            Assert.StartsWith($"{i} ", message.GetProperty("message").GetProperty("content")[0].GetProperty("text").GetString(), StringComparison.Ordinal);
        }
        // More than its bound was sent: the slow one has been let go, and its socket says so when it is used.
        await Assert.ThrowsAnyAsync<Exception>(async () =>
        {
            while (true) await slow.SendRequestAsync("health");
        });
        Assert.Empty(host.Bugs);
    }

    [Fact]
    public async Task SlowConsumer_WhileItsQueueFills_OthersHearAsSoonAsBefore()
    {
        await using var host = await TestHost.StartAsync();
        await using var good = await GatewayClient.ConnectAsync(host.Address, host.Token);
        await good.AskAsync("sessions.subscribe");
        await good.AskAsync("sessions.create", new JsonObject { ["key"] = "big" });
        var alone = await MeasureAsync();
        await using var slow = await GatewayClient.OpenAsync(host.Address, reads: false);
        await slow.SendRequestAsync("connect", GatewayClient.Owner(host.Token));
        await slow.SendRequestAsync("sessions.subscribe");
        var beside = await MeasureAsync();
        output.WriteLine(FormattableString.Invariant($"figure: gateway: an event of 128 KB heard after {alone:F2} ms alone, {beside:F2} ms beside a client that reads nothing (medians of 60)"));
        Assert.True(beside <= 10 * alone, $"{alone} ms alone, {beside} ms beside a client that reads nothing");

        async Task<double> MeasureAsync()
        {
            var times = new List<double>();
            for (var i = 0; i < 60; i++)
            {
                var clock = Stopwatch.StartNew();
                await good.AskAsync("chat.inject", new JsonObject { ["sessionKey"] = "big", ["message"] = new string('x', 128 * 1024) });
                await good.EventAsync("session.message");
                times.Add(clock.Elapsed.TotalMilliseconds);
            }
            return times.Order().ElementAt(times.Count / 2);
        }
    }

    [Fact]
    public async Task Shutdown_IsToldToAll_ThenTheyAreClosed()
    {
        await using var host = await TestHost.StartAsync();
        await using var client = await GatewayClient.ConnectAsync(host.Address, host.Token, scopes: []);
        var stopping = host.StopAsync();
        Assert.Equal("gateway stopping", (await client.EventAsync("shutdown")).GetProperty("reason").GetString());
        await client.ClosedAsync();
        Assert.Equal((WebSocketCloseStatus)1012, client.CloseStatus);
        await stopping;
    }

    [Fact]
    public async Task Events_AreForThoseWhoMayHearThem()
    {
        await using var host = await TestHost.StartAsync();
        await using var reader = await GatewayClient.ConnectAsync(host.Address, host.Token, ["operator.read"]);
        await using var probe = await GatewayClient.ConnectAsync(host.Address, host.Token, mode: "probe");
        await using var owner = await GatewayClient.ConnectAsync(host.Address, host.Token);
        await owner.AskAsync("chat.send", new JsonObject { ["sessionKey"] = "main", ["message"] = "hi", ["idempotencyKey"] = "r1" });
        await owner.EventAsync("chat", c => c.GetProperty("state").GetString() == "final");
        await reader.EventAsync("chat", c => c.GetProperty("state").GetString() == "final");
        Assert.True((await probe.RequestAsync("health")).GetProperty("ok").GetBoolean());
        Assert.False(probe.Events.TryRead(out _));
    }

    [Fact]
    public async Task Presence_NamesThoseWhoStay()
    {
        await using var host = await TestHost.StartAsync();
        await using var owner = await GatewayClient.ConnectAsync(host.Address, host.Token);
        await using (var ui = await GatewayClient.OpenAsync(host.Address))
        {
            var connect = ui.Device(new DeviceKey(1), new JsonObject { ["token"] = host.Token });
            Assert.True((await ui.RequestAsync("connect", connect)).GetProperty("ok").GetBoolean());
            var came = await owner.EventAsync("presence");
            Assert.Equal(["gateway", "ui"], came.GetProperty("presence").EnumerateArray().Select(p => p.GetProperty("mode").GetString()));
        }
        var went = await owner.EventAsync("presence");
        Assert.Single(went.GetProperty("presence").EnumerateArray());
    }
}
