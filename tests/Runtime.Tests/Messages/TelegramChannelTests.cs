using Models;
using Models.Egress;
using Runtime.Messages.Telegram;
using Runtime.Outbox;
using TestKit;

namespace Runtime.Tests.Messages;

/// <summary>Messages to a server that answers as Telegram's Bot API does (core.telegram.org/bots/api, sendMessage).</summary>
public sealed class TelegramChannelTests
{
    private const string Token = "123456:AAErandom-token";
    private const string Sent = """{"ok":true,"result":{"message_id":77,"from":{"id":1,"is_bot":true,"first_name":"box"},"chat":{"id":42,"type":"private"},"date":1795170467,"text":"hi"}}""";

    [Theory]
    [InlineData("42", "42")]
    [InlineData("telegram:-10042", "-10042")]
    [InlineData("@my_news", "@my_news")]
    public async Task Send_ToAChat_IsPostedAsTheApiWants(string to, string chat)
    {
        using var server = new FakeServer(_ => new FakeReply(200, Sent));
        Assert.Equal("77", await Channel(server).SendAsync(to, "grüße\n\"du\"", "k", CancellationToken.None));
        var request = Assert.Single(server.Requests);
        Assert.Equal(("POST", $"/bot{Uri.EscapeDataString(Token)}/sendMessage", "application/json"), (request.Method, request.Target, request.Header("Content-Type")));
        Assert.Equal((chat, "grüße\n\"du\""), (System.Text.Json.JsonElement.Parse(request.Body).GetProperty("chat_id").GetString(), System.Text.Json.JsonElement.Parse(request.Body).GetProperty("text").GetString()));
    }

    [Fact]
    public async Task Send_WithTheSameKey_IsSentOnce_AndAgainOnlyAfterAFailure()
    {
        var fails = true;
        using var server = new FakeServer(_ => fails ? new FakeReply(429, """{"ok":false,"error_code":429,"description":"Too Many Requests: retry after 3","parameters":{"retry_after":3}}""") : new FakeReply(200, Sent));
        var channel = Channel(server);
        var error = await Assert.ThrowsAsync<DeliveryException>(() => channel.SendAsync("42", "hi", "k", CancellationToken.None));
        Assert.Equal(DeliveryFault.NotSent, error.Fault);
        Assert.Contains("Too Many Requests: retry after 3", error.Message, StringComparison.Ordinal);
        fails = false;
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => channel.SendAsync("42", "hi", "k", CancellationToken.None)));
        await channel.SendAsync("42", "hi", "other", CancellationToken.None);
        Assert.Equal(3, server.Requests.Count);
    }

    [Theory]
    [InlineData(401, """{"ok":false,"error_code":401,"description":"Unauthorized"}""", "Unauthorized", DeliveryFault.Refused)]
    [InlineData(500, """{"ok":false,"error_code":500,"description":"Internal"}""", "Internal", DeliveryFault.Unknown)]
    [InlineData(200, "<html>", "something else", DeliveryFault.Unknown)]
    [InlineData(200, "[]", "did not take", DeliveryFault.Refused)]
    [InlineData(302, "{}", "did not take", DeliveryFault.Refused)]
    public async Task Send_Refused_SaysWhy_AndNeverTheToken(int status, string body, string why, DeliveryFault fault)
    {
        using var server = new FakeServer(_ => new FakeReply(status, body));
        var error = await Assert.ThrowsAsync<DeliveryException>(() => Channel(server).SendAsync("42", "hi", "k", CancellationToken.None));
        Assert.Equal(fault, error.Fault);
        Assert.Contains(why, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("AAErandom", error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("42/../x", "hi")]
    [InlineData("", "hi")]
    [InlineData("42", "")]
    public async Task Send_WhatCannotBe_IsNotSent(string to, string text)
    {
        using var server = new FakeServer(_ => new FakeReply(200, Sent));
        await Assert.ThrowsAsync<ModelException>(() => Channel(server).SendAsync(to, text, "k", CancellationToken.None));
        await Assert.ThrowsAsync<ModelException>(() => Channel(server).SendAsync("42", new string('x', TelegramChannel.Longest + 1), "k", CancellationToken.None));
        Assert.Empty(server.Requests);
    }

    [Theory]
    [InlineData("https://api.telegram.org", true)]
    [InlineData("http://bots.example", false)]
    public async Task Send_OfflineOrUnencrypted_IsRefused_AndNamesNoToken(string root, bool isOffline)
    {
        var channel = new TelegramChannel(() => new TelegramSettings(new Uri(root), () => Token), new EgressPolicy { Offline = isOffline });
        var error = await Assert.ThrowsAsync<DeliveryException>(() => channel.SendAsync("42", "hi", "k", CancellationToken.None));
        Assert.Equal(isOffline ? DeliveryFault.NotSent : DeliveryFault.Refused, error.Fault);
        Assert.DoesNotContain("AAErandom", error.ToString(), StringComparison.Ordinal);
        Assert.Contains("channels.telegram.botToken", (await Assert.ThrowsAsync<ModelException>(() => new TelegramChannel(() => null, new EgressPolicy()).SendAsync("42", "hi", "k", CancellationToken.None))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Send_NobodyThereOrCutOff_TellsWhetherItCanHaveArrived()
    {
        Uri gone;
        using (var server = new FakeServer(_ => new FakeReply(200, Sent))) gone = new Uri(server.Address);
        var nobody = new TelegramChannel(() => new TelegramSettings(gone, () => Token), new EgressPolicy());
        Assert.Equal(DeliveryFault.NotSent, (await Assert.ThrowsAsync<DeliveryException>(() => nobody.SendAsync("42", "hi", "k", CancellationToken.None))).Fault);
        using var cut = new FakeServer(_ => new FakeReply(200, Sent) { BreakAfter = 20 });
        Assert.Equal(DeliveryFault.Unknown, (await Assert.ThrowsAsync<DeliveryException>(() => Channel(cut).SendAsync("42", "hi", "k", CancellationToken.None))).Fault);
    }

    private static TelegramChannel Channel(FakeServer server) => new(() => new TelegramSettings(new Uri(server.Address), () => Token), new EgressPolicy());
}
