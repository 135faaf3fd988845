using System.Net.WebSockets;
using System.Text.Json.Nodes;
using Appliance.Gateway.Protocol;
using Appliance.Tests.Http;
using TestKit;

namespace Appliance.Tests.Gateway.Connections;

public sealed class HandshakeTests
{
    [Fact]
    public async Task Connect_WithTheToken_GetsHello()
    {
        await using var host = await TestHost.StartAsync();
        await using var client = await GatewayClient.ConnectAsync(host.Address, host.Token);
        Assert.Equal("hello-ok", client.Hello.GetProperty("type").GetString());
        Assert.Equal(4, client.Hello.GetProperty("protocol").GetInt32());
        Assert.Contains("chat.send", client.Hello.GetProperty("features").GetProperty("methods").EnumerateArray().Select(m => m.GetString()));
        Assert.Equal(ProtocolLimits.Frame, client.Hello.GetProperty("policy").GetProperty("maxPayload").GetInt32());
        Assert.Equal("agent:main:main", client.Hello.GetProperty("snapshot").GetProperty("sessionDefaults").GetProperty("mainSessionKey").GetString());
        Assert.Empty(host.Bugs);
    }

    [Fact]
    public async Task FirstFrame_NotConnect_IsAnsweredAndClosed()
    {
        await using var host = await TestHost.StartAsync();
        await using var client = await GatewayClient.OpenAsync(host.Address);
        var response = await client.RequestAsync("health");
        Assert.Equal("INVALID_REQUEST", response.GetProperty("error").GetProperty("code").GetString());
        await client.ClosedAsync();
        Assert.Equal(WebSocketCloseStatus.PolicyViolation, client.CloseStatus);
    }

    [Theory]
    [InlineData(ProtocolLimits.FrameBeforeHello + 1)]
    [InlineData(10 * 1024 * 1024)]
    public async Task FirstFrame_TooLarge_IsClosed(int size)
    {
        await using var host = await TestHost.StartAsync();
        await using var client = await GatewayClient.OpenAsync(host.Address);
        try { await client.SendAsync(new string(' ', size)); }
        catch (WebSocketException) { }
        await client.ClosedAsync();
        Assert.True(client.CloseStatus is null or WebSocketCloseStatus.PolicyViolation, $"{client.CloseStatus}");
        await using var good = await GatewayClient.ConnectAsync(host.Address, host.Token);
        Assert.True((await good.RequestAsync("health")).GetProperty("ok").GetBoolean());
    }

    [Fact]
    public async Task Connect_Twice_IsClosed()
    {
        await using var host = await TestHost.StartAsync();
        await using var client = await GatewayClient.ConnectAsync(host.Address, host.Token);
        Assert.False((await client.RequestAsync("connect", GatewayClient.Owner(host.Token))).GetProperty("ok").GetBoolean());
        await client.ClosedAsync();
        Assert.Equal(WebSocketCloseStatus.PolicyViolation, client.CloseStatus);
    }

    [Fact]
    public async Task NoConnect_WithinTheHandshakeTime_IsClosed()
    {
        var time = new ManualTime();
        await using var host = await TestHost.StartAsync(o => o with { Time = time });
        await using var client = await GatewayClient.OpenAsync(host.Address);
        await using var good = await GatewayClient.ConnectAsync(host.Address, host.Token);
        time.Advance(ProtocolLimits.Handshake);
        await client.ClosedAsync();
        Assert.Equal(WebSocketCloseStatus.PolicyViolation, client.CloseStatus);
        Assert.Equal("handshake timeout", client.CloseReason);
        Assert.True((await good.RequestAsync("health")).GetProperty("ok").GetBoolean());
    }

    [Theory]
    [InlineData(1, 3, "backend", false)]
    [InlineData(5, 6, "backend", false)]
    [InlineData(3, 3, "backend", false)]
    [InlineData(3, 3, "probe", true)]
    [InlineData(4, 9, "backend", true)]
    public async Task Connect_Protocols_AreNegotiated(int min, int max, string mode, bool fits)
    {
        await using var host = await TestHost.StartAsync();
        await using var client = await GatewayClient.OpenAsync(host.Address);
        var connect = GatewayClient.Owner(host.Token, mode: mode);
        (connect["minProtocol"], connect["maxProtocol"]) = (min, max);
        var response = await client.RequestAsync("connect", connect);
        Assert.Equal(fits, response.GetProperty("ok").GetBoolean());
        if (fits) return;
        var details = response.GetProperty("error").GetProperty("details");
        Assert.Equal("PROTOCOL_MISMATCH", details.GetProperty("code").GetString());
        Assert.Equal(4, details.GetProperty("expectedProtocol").GetInt32());
        await client.ClosedAsync();
        Assert.Equal(WebSocketCloseStatus.ProtocolError, client.CloseStatus);
    }

    [Theory]
    [InlineData("http://evil.example")]
    [InlineData("null")]
    [InlineData("file://")]
    [InlineData("http://127.0.0.1.evil.example")]
    [InlineData("http://localhost:1@evil.example")]
    [InlineData("http://[::1]:18789.evil.example")]
    public async Task Upgrade_OfAWebPageFromElsewhere_IsForbidden(string origin)
    {
        await using var host = await TestHost.StartAsync();
        var refused = await Assert.ThrowsAsync<WebSocketException>(
            () => GatewayClient.OpenAsync(host.Address, new Dictionary<string, string> { ["Origin"] = origin }));
        Assert.Contains("403", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Connect_UnknownFields_AreReadOver()
    {
        await using var host = await TestHost.StartAsync();
        await using var client = await GatewayClient.OpenAsync(host.Address);
        var connect = GatewayClient.Owner(host.Token);
        connect["fromTheFuture"] = new JsonObject { ["deep"] = new JsonArray(1, 2) };
        Assert.True((await client.RequestAsync("connect", connect)).GetProperty("ok").GetBoolean());
        Assert.True((await client.RequestAsync("sessions.list", new JsonObject { ["limit"] = 1, ["newer"] = true })).GetProperty("ok").GetBoolean());
    }

    [Fact]
    public async Task Frames_ThatAreNoRequests_AreAnsweredAndInTheEndClosed()
    {
        await using var host = await TestHost.StartAsync();
        await using var client = await GatewayClient.ConnectAsync(host.Address, host.Token);
        for (var i = 0; i <= ProtocolLimits.Offences; i++) await client.SendAsync("not json");
        await client.ClosedAsync();
        Assert.Equal(WebSocketCloseStatus.PolicyViolation, client.CloseStatus);
        Assert.Equal("INVALID_REQUEST", (await client.ResponseAsync(FrameReader.NoId)).GetProperty("error").GetProperty("code").GetString());
    }

    [Fact]
    public async Task Waiting_Connections_DoNotKeepAGoodOneOut()
    {
        await using var host = await TestHost.StartAsync();
        var waiting = new List<GatewayClient>();
        for (var i = 0; i < Appliance.Gateway.Connections.WaitingRoom.MostOfOneAddress + 40; i++) waiting.Add(await GatewayClient.OpenAsync(host.Address));
        await using var good = await GatewayClient.ConnectAsync(host.Address, host.Token);
        Assert.True((await good.RequestAsync("health")).GetProperty("ok").GetBoolean());
        await waiting[0].ClosedAsync();
        foreach (var client in waiting) await client.DisposeAsync();
    }
}
