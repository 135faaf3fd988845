using System.Text.Json.Nodes;

namespace Appliance.Tests.Gateway.Methods;

public sealed class MessageTests : GatewayTest
{
    [Fact]
    public async Task MessageAction_ToASession_IsInItsTranscriptOnce_AndHeard()
    {
        await SayAndHearAsync("hello", "r1");
        await Owner.AskAsync("sessions.messages.subscribe", new JsonObject { ["key"] = "main" });
        var message = new JsonObject
        {
            ["channel"] = "webchat",
            ["action"] = "send",
            ["idempotencyKey"] = "m1",
            ["params"] = new JsonObject { ["to"] = "webchat:agent:main:main", ["message"] = "The oven is hot." },
        };
        var sent = await Owner.AskAsync("message.action", message.DeepClone().AsObject());
        await Owner.EventAsync("session.message", m => m.ToString().Contains("The oven is hot.", StringComparison.Ordinal));
        var again = await Owner.AskAsync("message.action", message);
        Assert.Equal(sent.GetProperty("messageId").GetString(), again.GetProperty("messageId").GetString());
        Assert.Equal("The oven is hot.", Text(Assert.Single(await HistoryAsync(), m => Text(m).Contains("oven", StringComparison.Ordinal))));
    }

    [Fact]
    public async Task MessageAction_ByTelegram_IsSentByTheOwnersBot_AndTheChannelIsShown()
    {
        using var telegram = new TestKit.FakeServer(_ => new TestKit.FakeReply(200, """{"ok":true,"result":{"message_id":77}}"""));
        Assert.Empty((await Owner.AskAsync("channels.status")).GetProperty("channelOrder").EnumerateArray());
        await Owner.AskAsync("config.patch", new JsonObject
        {
            ["raw"] = $$$"""{"channels":{"telegram":{"botToken":"1:secret","apiRoot":"{{{telegram.Address}}}"} } }""",
            ["baseHash"] = (await Owner.AskAsync("config.get")).GetProperty("hash").GetString(),
        });
        var message = new JsonObject { ["channel"] = "telegram", ["action"] = "send", ["idempotencyKey"] = "m1", ["params"] = new JsonObject { ["to"] = "42", ["message"] = "The oven is hot." } };
        var sent = await Owner.AskAsync("message.action", message.DeepClone().AsObject());
        Assert.Equal(("77", "telegram"), (sent.GetProperty("messageId").GetString(), sent.GetProperty("channel").GetString()));
        await Owner.AskAsync("message.action", message);
        Assert.Equal("/bot1%3Asecret/sendMessage", Assert.Single(telegram.Requests).Target);
        var status = await Owner.AskAsync("channels.status");
        Assert.Equal("telegram", status.GetProperty("channelOrder")[0].GetString());
        Assert.DoesNotContain("secret", status.GetRawText() + (await Owner.AskAsync("config.get")).GetRawText(), StringComparison.Ordinal);
        if (TestKit.Shared.Find("protocol") is not null) Assert.Empty(TestKit.WireFields.Read().Validate("ChannelsStatusResult", status));
    }

    [Fact]
    public async Task Send_WhatCannotGoOut_WaitsAndIsSentOnceInOrder()
    {
        var isBusy = true;
        using var telegram = new TestKit.FakeServer(_ => isBusy ? new TestKit.FakeReply(429, """{"ok":false,"description":"Too Many Requests"}""") : new TestKit.FakeReply(200, """{"ok":true,"result":{"message_id":77}}"""));
        await Owner.AskAsync("config.patch", new JsonObject
        {
            ["raw"] = $$$"""{"channels":{"telegram":{"botToken":"1:secret","apiRoot":"{{{telegram.Address}}}"} } }""",
            ["baseHash"] = (await Owner.AskAsync("config.get")).GetProperty("hash").GetString(),
        });
        for (var i = 0; i < 3; i++)
        {
            var queued = await Owner.AskAsync("send", Message($"m{i}"));
            Assert.True(queued.GetProperty("ok").GetBoolean() && queued.GetProperty("queued").GetBoolean());
            Assert.Equal(queued.GetProperty("messageId").GetString(), (await Owner.AskAsync("send", Message($"m{i}"))).GetProperty("messageId").GetString());
        }
        var entries = (await Owner.AskAsync("outbox.list")).GetProperty("entries").EnumerateArray().ToList();
        Assert.Equal(["m0", "m1", "m2"], entries.Select(entry => entry.GetProperty("body").GetString()));
        Assert.True((await Owner.AskAsync("outbox.remove", new JsonObject { ["id"] = entries[1].GetProperty("id").GetString() })).GetProperty("ok").GetBoolean());
        isBusy = false;
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while ((await Owner.AskAsync("outbox.list")).GetProperty("entries").GetArrayLength() > 0)
        {
            patience.Token.ThrowIfCancellationRequested();
            await Owner.AskAsync("outbox.retry");
        }
        var taken = telegram.Requests.Select(request => JsonNode.Parse(request.Body)!["text"]!.GetValue<string>()).ToList();
        Assert.Equal(["m0", "m2"], taken[taken.LastIndexOf("m0")..]);
        // Asked once more, it was sent already.
        var count = telegram.Requests.Count;
        await Owner.AskAsync("send", Message("m2"));
        Assert.Equal(count, telegram.Requests.Count);

        static JsonObject Message(string text) => new() { ["channel"] = "telegram", ["to"] = "42", ["message"] = text, ["idempotencyKey"] = text };
    }

    [Fact]
    public async Task OutboxAdd_ATurn_WaitsForAModelElsewhereAndBeginsOnce()
    {
        var turn = new JsonObject { ["message"] = "Say it later.", ["idempotencyKey"] = "t1" };
        var id = (await Owner.AskAsync("outbox.add", turn.DeepClone().AsObject())).GetProperty("id").GetString();
        Assert.Equal(id, (await Owner.AskAsync("outbox.add", turn.DeepClone().AsObject())).GetProperty("id").GetString());
        Assert.Equal("waiting", (await Owner.AskAsync("outbox.list")).GetProperty("entries")[0].GetProperty("state").GetString()!.Replace("sending", "waiting", StringComparison.Ordinal));
        using var elsewhere = new TestKit.FakeServer(_ => new TestKit.FakeReply(503));
        await Owner.AskAsync("config.patch", new JsonObject
        {
            ["raw"] = $$$"""{"models":{"targets":{"cloud":{"url":"{{{elsewhere.Address}}}","model":"m"} } } }""",
            ["baseHash"] = (await Owner.AskAsync("config.get")).GetProperty("hash").GetString(),
        });
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while ((await Owner.AskAsync("outbox.list")).GetProperty("entries").GetArrayLength() > 0)
        {
            patience.Token.ThrowIfCancellationRequested();
            await Owner.AskAsync("outbox.retry");
        }
        await Owner.EventAsync("chat", c => c.GetProperty("state").GetString() is "final" or "error");
        // What repeats a key gets the first answer.
        Assert.Equal(id, (await Owner.AskAsync("outbox.add", turn)).GetProperty("id").GetString());
        Assert.Empty((await Owner.AskAsync("outbox.list")).GetProperty("entries").EnumerateArray());
        Assert.Single(await HistoryAsync(), m => Text(m).Contains("Say it later.", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("telegram", "main", "UNAVAILABLE")]
    [InlineData("webchat", "none", "INVALID_REQUEST")]
    [InlineData("webchat", "agent:none:main", "INVALID_REQUEST")]
    public async Task Send_ToNoChannelOrSession_SaysSo_AndBeginsNone(string channel, string to, string code)
    {
        Assert.Equal(code, Code(await Owner.RequestAsync("send", new JsonObject { ["channel"] = channel, ["to"] = to, ["message"] = "hi", ["idempotencyKey"] = "m1" })));
        Assert.Empty((await Owner.AskAsync("sessions.list")).GetProperty("sessions").EnumerateArray());
    }

    [Fact]
    public async Task Preferences_AreKeptPerPerson_AndSetOnlyWhereNothingElseStands()
    {
        await Owner.AskAsync("users.prefs.set", new JsonObject { ["entries"] = new JsonObject { ["theme"] = "dark", ["size"] = 3 } });
        await Owner.EventAsync("users.prefs.changed", p => p.GetProperty("keys").GetArrayLength() == 2);
        Assert.Equal("conflict", await SetAsync("light", "blue"));
        Assert.Equal("ok", await SetAsync("light", "dark"));
        var entries = (await Owner.AskAsync("users.prefs.get", new JsonObject { ["keys"] = new JsonArray("theme", "none") })).GetProperty("entries");
        Assert.Equal("""{"theme":"light"}""", entries.GetRawText());
        var many = new JsonObject(Enumerable.Range(0, 32).Select(i => KeyValuePair.Create($"k{i}", (JsonNode?)i)));
        for (var i = 0; i < 7; i++) await Owner.AskAsync("users.prefs.set", new JsonObject { ["entries"] = new JsonObject(many.Select(e => KeyValuePair.Create($"{e.Key}-{i}", e.Value?.DeepClone()))) });
        var full = await Owner.RequestAsync("users.prefs.set", new JsonObject { ["entries"] = many });
        Assert.Equal("USER_PREFS_LIMIT_EXCEEDED", full.GetProperty("error").GetProperty("details").GetProperty("code").GetString());
        Assert.True(File.Exists(Path.Combine(Host.Home, "gateway", "preferences.json")));

        async Task<string?> SetAsync(string theme, string expected) => (await Owner.AskAsync("users.prefs.set", new JsonObject
        {
            ["entries"] = new JsonObject { ["theme"] = theme },
            ["expectedEntries"] = new JsonObject { ["theme"] = expected },
        })).GetProperty("status").GetString();
    }
}
