using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using Appliance.Gateway.Connections;
using Appliance.Gateway.Identity;
using Appliance.Gateway.Protocol;
using Appliance.Tests.Http;
using TestKit;

namespace Appliance.Tests.Gateway.Attacks;

/// <summary>What was done to other gateways over WebSockets, and what this one does about it. Tests are named by the attack's id.</summary>
public sealed class SocketAttackTests
{
    private const int Policy = 1008, ProtocolError = 1002, TooBig = 1009;

    [Fact]
    public async Task Cswsh01_UpgradeOfAPageFromElsewhere_IsForbiddenBeforeAnythingIsSaid()
    {
        await using var host = await TestHost.StartAsync();
        using var page = await RawWebSocket.ConnectAsync(host.Address);
        Assert.StartsWith("HTTP/1.1 403 ", await page.UpgradeAsync(host.Address, "Origin: http://evil.example\r\n"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("null"), InlineData("file://"), InlineData("http://127.0.0.1.evil.example"), InlineData("http://localhost:1@evil.example"), InlineData("http://[::1]:18789.evil.example")]
    [InlineData("http://127.0.0.1"), InlineData("http://127.0.0.1:1"), InlineData("http://localhost.:18789"), InlineData(" http://127.0.0.1:18789/"), InlineData("ws://127.0.0.1:18789")]
    public async Task Cswsh02_OriginThatIsNotExactlyThisOne_IsForbidden(string origin)
    {
        await using var host = await TestHost.StartAsync();
        using var page = await RawWebSocket.ConnectAsync(host.Address);
        Assert.StartsWith("HTTP/1.1 403 ", await page.UpgradeAsync(host.Address, $"Origin: {origin}\r\n"), StringComparison.Ordinal);
        using var second = await RawWebSocket.ConnectAsync(host.Address);
        var two = await second.UpgradeAsync(host.Address, $"Origin: http://{host.Address.Authority}\r\nOrigin: {origin}\r\n");
        Assert.Matches("^HTTP/1.1 40[03] ", two);
    }

    [Fact]
    public async Task Auth01_FirstFrameThatIsNoConnect_IsClosedAtOnce()
    {
        await using var host = await TestHost.StartAsync();
        using var client = await RawWebSocket.OpenAsync(host.Address);
        await client.SendTextAsync("""{"type":"req","id":"1","method":"health"}""");
        Assert.Equal(Policy, await ClosedAsync(client));
    }

    [Fact]
    public async Task Auth01_FirstFrameOf10MB_IsClosedByItsHeadAlone()
    {
        await using var host = await TestHost.StartAsync();
        using var client = await RawWebSocket.OpenAsync(host.Address);
        // Its head says 10 MB, and nothing follows: nobody waits for it.
        await client.SendAsync(RawWebSocket.Frame(1, new byte[10 * 1024 * 1024]).AsMemory(0, 14));
        Assert.Equal(Policy, await ClosedAsync(client));
    }

    [Theory]
    [InlineData(ProtocolLimits.FrameBeforeHello, true)]
    [InlineData(ProtocolLimits.FrameBeforeHello + 1, false)]
    public async Task Auth01_FramesBeforeHello_HaveALimitInAll(int size, bool read)
    {
        await using var host = await TestHost.StartAsync();
        using var client = await RawWebSocket.OpenAsync(host.Address);
        // In fragments it is no more.
        var half = size / 2;
        await client.SendAsync(RawWebSocket.Frame(1, Enumerable.Repeat((byte)' ', half).ToArray(), final: false));
        await client.SendAsync(RawWebSocket.Frame(0, Enumerable.Repeat((byte)' ', size - half).ToArray()));
        Assert.Equal(1, (await client.ReadAsync())!.Value.Opcode);
        // What was read is answered that it is no request; what is too long is not.
        var next = await client.ReadAsync();
        Assert.Equal(read ? 1 : 8, next!.Value.Opcode);
    }

    [Fact]
    public async Task Bruteforce01_ElevenWrongTokens_LockOutTheRightOneToo()
    {
        await using var host = await TestHost.StartAsync();
        for (var i = 0; i < AttemptLimiter.MostFailures; i++) Assert.Equal("AUTH_TOKEN_MISMATCH", Code(await TryAsync(host, Wrong(i))));
        var refused = await TryAsync(host, host.Token);
        Assert.Equal("AUTH_RATE_LIMITED", Code(refused));
        Assert.True(refused.GetProperty("error").GetProperty("retryAfterMs").GetInt64() > 0);
    }

    [Fact]
    public async Task Bruteforce02_TwoHundredAtOnce_GetNoMoreTriesThanOneByOne()
    {
        await using var host = await TestHost.StartAsync();
        var codes = await Task.WhenAll(Enumerable.Range(0, 100).Select(async i => Code(await TryAsync(host, Wrong(i)))));
        Assert.InRange(codes.Count(c => c == "AUTH_TOKEN_MISMATCH"), 1, AttemptLimiter.MostFailures);
        Assert.All(codes, c => Assert.True(c is "AUTH_TOKEN_MISMATCH" or "AUTH_RATE_LIMITED", c));
        Assert.Equal("AUTH_RATE_LIMITED", Code(await TryAsync(host, host.Token)));
    }

    [Fact]
    public async Task Bruteforce03_OneNeighbourByManyNames_HasOneBudget()
    {
        const string token = "0123456789abcdef0123456789abcdef";
        await using var host = await TestHost.StartAsync(o => o with { Address = System.Net.IPAddress.IPv6Any, Token = token });
        Uri[] ways = [new($"http://127.0.0.1:{host.Address.Port}"), new($"http://[::1]:{host.Address.Port}"), new($"http://[::ffff:127.0.0.1]:{host.Address.Port}")];
        for (var i = 0; i < AttemptLimiter.MostFailures; i++)
            Assert.Equal("AUTH_TOKEN_MISMATCH", Code(await TryAsync(ways[i % 3], Wrong(i), new() { ["X-Forwarded-For"] = $"198.51.100.{i}" })));
        foreach (var way in ways) Assert.Equal("AUTH_RATE_LIMITED", Code(await TryAsync(way, token, new() { ["X-Forwarded-For"] = "203.0.113.9" })));
    }

    [Fact]
    public async Task Bruteforce04_WrongTokenBesideADeviceToken_Counts()
    {
        await using var host = await TestHost.StartAsync();
        for (var i = 0; i < AttemptLimiter.MostFailures; i++)
        {
            await using var client = await GatewayClient.OpenAsync(host.Address);
            var connect = GatewayClient.Owner(Wrong(i));
            connect["auth"]!["deviceToken"] = $"device-token-{i}";
            await client.RequestAsync("connect", connect);
        }
        Assert.Equal("AUTH_RATE_LIMITED", Code(await TryAsync(host, host.Token)));
    }

    [Fact]
    public async Task Bruteforce05_PageOfThisMachine_HasNoMoreTriesThanOthers()
    {
        await using var host = await TestHost.StartAsync();
        var origin = new Dictionary<string, string> { ["Origin"] = $"http://{host.Address.Authority}" };
        for (var i = 0; i < AttemptLimiter.MostFailures; i++)
        {
            await using var client = await GatewayClient.OpenAsync(host.Address, origin);
            var connect = GatewayClient.Owner("");
            connect["auth"] = new JsonObject { ["password"] = $"guess {i}" };
            Assert.Equal("AUTH_PASSWORD_MISMATCH", Code(await client.RequestAsync("connect", connect)));
        }
        Assert.Equal("AUTH_RATE_LIMITED", Code(await TryAsync(host.Address, host.Token, origin)));
    }

    [Fact]
    public async Task Dos02_UpgradesThatNeverSayWhoTheyAre_AreFewAndShort()
    {
        var time = new ManualTime();
        await using var host = await TestHost.StartAsync(o => o with { Time = time });
        await using var before = await GatewayClient.ConnectAsync(host.Address, host.Token);
        var waiting = new List<RawWebSocket>();
        try
        {
            for (var i = 0; i < 1000; i++)
            {
                waiting.Add(await RawWebSocket.OpenAsync(host.Address));
                await waiting[^1].ReadAsync();
            }
            // As many as may wait from one address are open; those that came first are gone.
            Assert.True(await Until(() => waiting.Count(w => w.IsOpen) == WaitingRoom.MostOfOneAddress), $"{waiting.Count(w => w.IsOpen)} are open");
            // Who is known is untouched, and who comes now gets in.
            Assert.True((await before.RequestAsync("health")).GetProperty("ok").GetBoolean());
            await using (var late = await GatewayClient.ConnectAsync(host.Address, host.Token)) Assert.True((await late.RequestAsync("health")).GetProperty("ok").GetBoolean());
            time.Advance(ProtocolLimits.HandshakeInACrowd);
            time.Advance(TimeSpan.FromSeconds(1));
            Assert.True(await Until(() => !waiting.Any(w => w.IsOpen && !SaysGoodbye(w))), "some are still open");
        }
        finally
        {
            waiting.ForEach(w => w.Dispose());
        }

        static bool SaysGoodbye(RawWebSocket client) => client.ClosedAsync().GetAwaiter().GetResult() is null or Policy;
    }

    [Fact]
    public async Task Dos03_Compression_IsNotAgreedOn_AndACompressedFrameIsAnError()
    {
        await using var host = await TestHost.StartAsync();
        using var client = await RawWebSocket.ConnectAsync(host.Address);
        var answer = await client.UpgradeAsync(host.Address, "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n");
        Assert.StartsWith("HTTP/1.1 101 ", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("Extensions", answer, StringComparison.OrdinalIgnoreCase);
        await client.SendAsync(RawWebSocket.Frame(1, [0xec, 0xc1, 0x01], reserved: 4));
        Assert.Equal(ProtocolError, await ClosedAsync(client));
    }

    [Fact]
    public async Task Dos03_HundredThousandFragmentsOfOneByte_AreOneFrameAboveTheLimit()
    {
        await using var host = await TestHost.StartAsync();
        using var client = await RawWebSocket.OpenAsync(host.Address);
        byte[] one = RawWebSocket.Frame(0, " "u8, final: false), first = RawWebSocket.Frame(1, " "u8, final: false);
        await client.SendAsync(first.Concat(Enumerable.Repeat(one, 100_000).SelectMany(f => f)).ToArray());
        Assert.Equal(Policy, await ClosedAsync(client));
    }

    [Fact]
    public async Task Dos03_FloodOfPings_IsAnsweredInPartAndHoldsUpNobody()
    {
        await using var host = await TestHost.StartAsync();
        await using var good = await GatewayClient.ConnectAsync(host.Address, host.Token);
        using var client = await RawWebSocket.OpenAsync(host.Address);
        var ping = RawWebSocket.Frame(9, new byte[125]);
        await client.SendAsync(Enumerable.Repeat(ping, 20_000).SelectMany(f => f).ToArray());
        Assert.True((await good.RequestAsync("health")).GetProperty("ok").GetBoolean());
        await client.SendTextAsync(Request("connect", GatewayClient.Owner(host.Token)));
        while ((await client.ReadAsync())!.Value is var frame && !(frame.Opcode == 1 && JsonElement.Parse(frame.Payload).GetProperty("type").GetString() == "res")) { }
    }

    [Fact]
    public async Task Json_TooLargeTooDeepOrNone_IsRefusedAndTheConnectionStays()
    {
        await using var host = await TestHost.StartAsync();
        using var client = await RawWebSocket.OpenAsync(host.Address);
        await client.ReadAsync();
        await client.SendTextAsync(Request("connect", GatewayClient.Owner(host.Token)));
        await client.ReadAsync();
        foreach (var bad in (string[])[new string('[', 100_000), """{"type":"req","id":"1","method":"health","params":""" + new string('{', 1000), "\u0000", "{\"type\":\"req\",\"id\":\"1\",\"method\":\"\\ud800\"}"])
        {
            await client.SendTextAsync(bad);
            Assert.Contains("INVALID_REQUEST", System.Text.Encoding.UTF8.GetString((await client.ReadAsync())!.Value.Payload), StringComparison.Ordinal);
        }
        await client.SendTextAsync(Request("health", null));
        Assert.Contains("\"ok\":true", System.Text.Encoding.UTF8.GetString((await client.ReadAsync())!.Value.Payload), StringComparison.Ordinal);
        // A frame above the limit after hello is refused by its head.
        byte[] head = [0x81, 0xff, 0, 0, 0, 0, 0x40, 0, 0, 0, 1, 2, 3, 4];
        await client.SendAsync(head);
        Assert.Equal(TooBig, await ClosedAsync(client));
        Assert.Empty(host.Bugs);
    }

    [Fact]
    public void Timing01_GuessesWithMoreRightBytes_TakeNoLonger()
    {
        var token = Secret.New();
        var hash = Secret.Hash(token);
        string[] guesses = [new string('x', token.Length), token[..20] + new string('x', token.Length - 20), token[..^1] + (token[^1] == 'x' ? 'y' : 'x'), token];
        var times = guesses.Select(_ => new long[10_000]).ToArray();
        for (var i = -1000; i < 10_000; i++)
        {
            for (var guess = 0; guess < guesses.Length; guess++)
            {
                var begin = Stopwatch.GetTimestamp();
                Secret.Matches(guesses[guess], hash);
                var time = Stopwatch.GetTimestamp() - begin;
                if (i >= 0) times[guess][i] = time;
            }
        }
        // Medians of samples taken in turns: what else the machine does meets all of them.
        var medians = times.Select(t => t.Order().ElementAt(t.Length / 2)).ToArray();
        Assert.True(medians.Max() <= medians.Min() * 1.25, string.Join(", ", medians));
    }

    private static string Wrong(int i) => $"wrong-token-{i:D20}";

    private static string Code(JsonElement response) => response.GetProperty("error").GetProperty("details").GetProperty("code").GetString()!;

    private static Task<JsonElement> TryAsync(TestHost host, string token) => TryAsync(host.Address, token);

    private static async Task<JsonElement> TryAsync(Uri address, string token, Dictionary<string, string>? headers = null)
    {
        await using var client = await GatewayClient.OpenAsync(address, headers);
        return await client.RequestAsync("connect", GatewayClient.Owner(token));
    }

    private static string Request(string method, JsonObject? parameters) =>
        new JsonObject { ["type"] = "req", ["id"] = "1", ["method"] = method, ["params"] = parameters }.ToJsonString();

    /// <summary>The code it was closed with; a client that hears it goes.</summary>
    private static async Task<int?> ClosedAsync(RawWebSocket client)
    {
        while (await client.ReadAsync() is { } frame)
        {
            if (frame.Opcode == 8) return System.Buffers.Binary.BinaryPrimitives.ReadUInt16BigEndian(frame.Payload);
        }
        return null;
    }

    private static async Task<bool> Until(Func<bool> condition)
    {
        for (var patience = Stopwatch.StartNew(); !condition(); await Task.Yield())
        {
            if (patience.Elapsed > TimeSpan.FromSeconds(20)) return false;
        }
        return true;
    }
}
