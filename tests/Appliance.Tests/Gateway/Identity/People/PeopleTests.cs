using System.Text.Json;
using System.Text.Json.Nodes;
using Appliance.Tests.Gateway.Methods;
using TestKit;

namespace Appliance.Tests.Gateway.Identity.People;

/// <summary>Two people on one box, over real sockets.</summary>
public sealed class PeopleTests : GatewayTest
{
    [Fact]
    public async Task Person_WithATokenOfTheirOwn_GetsTheirRolesScopes_AndTheirOwnSessions()
    {
        await SayAndHearAsync("the owner's secret plan", "owner-1");
        await using var ann = await PersonAsync("ann", "guest");
        Assert.Equal(["operator.read", "operator.write"], ann.Hello.GetProperty("auth").GetProperty("scopes").EnumerateArray().Select(s => s.GetString()).Order());
        Assert.Equal("agent:main:direct:ann", ann.Hello.GetProperty("snapshot").GetProperty("sessionDefaults").GetProperty("mainSessionKey").GetString());
        Assert.DoesNotContain("agent:main:main", ann.Hello.GetProperty("snapshot").ToString(), StringComparison.Ordinal);

        await ann.AskAsync("sessions.subscribe");
        await ann.AskAsync("chat.send", new JsonObject { ["sessionKey"] = "main", ["message"] = "ann here", ["idempotencyKey"] = "ann-1" });
        await ann.EventAsync("chat", c => c.GetProperty("runId").GetString() == "ann-1" && c.GetProperty("state").GetString() == "final");
        Assert.Equal(["agent:main:direct:ann"], Keys(await ann.AskAsync("sessions.list")));
        Assert.Equal(["agent:main:direct:ann", "agent:main:main"], Keys(await Owner.AskAsync("sessions.list")));
        Assert.DoesNotContain("secret plan", (await ann.AskAsync("chat.history", new JsonObject { ["sessionKey"] = "agent:main:main" })).ToString(), StringComparison.Ordinal);
        Assert.Equal("agent:main:direct:ann:dashboard", string.Join(':', (await ann.AskAsync("sessions.create")).GetProperty("key").GetString()!.Split(':')[..5]));
    }

    [Fact]
    public async Task Person_HearsNothingOfOthersTurns()
    {
        await using var ann = await PersonAsync("ann", "guest");
        await ann.AskAsync("sessions.subscribe");
        await Owner.AskAsync("sessions.subscribe");
        await SayAndHearAsync("private", "owner-1");
        await ann.AskAsync("chat.send", new JsonObject { ["sessionKey"] = "main", ["message"] = "hi", ["idempotencyKey"] = "ann-1" });
        await ann.EventAsync("chat", c => c.GetProperty("runId").GetString() == "ann-1" && c.GetProperty("state").GetString() == "final");
        // Everything up to here has come in order; the owner's turn would have been before.
        await ann.AskAsync("health");
        while (ann.Events.TryRead(out var heard)) Assert.DoesNotContain("owner-1", heard.ToString(), StringComparison.Ordinal);
        await Owner.EventAsync("sessions.changed", c => c.ToString().Contains("direct:ann", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("config.get", "{}")]
    [InlineData("logs.tail", "{}")]
    [InlineData("usage.cost", "{}")]
    [InlineData("system-presence", "{}")]
    [InlineData("sessions.resolve", """{"label":"x"}""")]
    [InlineData("sessions.describe", """{"key":"agent:main:direct:bob"}""")]
    [InlineData("chat.history", """{"sessionKey":"direct:bob:notes"}""")]
    [InlineData("sessions.preview", """{"keys":["agent:main:direct:bob"]}""")]
    [InlineData("sessions.abort", """{"runId":"owner-1"}""")]
    [InlineData("chat.abort", """{"sessionKey":"main","runId":"owner-1"}""")]
    [InlineData("agent.wait", """{"runId":"owner-1"}""")]
    [InlineData("users.setRole", """{"profileId":"ann","role":"owner"}""")]
    [InlineData("people.token.rotate", """{"profileId":"bob"}""")]
    [InlineData("device.pair.setupCode", "{}")]
    public async Task Person_WhatIsOthersOrTheBoxs_IsRefused(string method, string parameters)
    {
        await PersonAsync("bob", "guest").ContinueWith(t => t.Result.DisposeAsync().AsTask(), TaskScheduler.Default).Unwrap();
        await SayAndHearAsync("hi", "owner-1");
        await using var ann = await PersonAsync("ann", "guest");
        Assert.Equal("FORBIDDEN", Code(await ann.RequestAsync(method, JsonNode.Parse(parameters))));
    }

    [Theory]
    [InlineData("users.setRole", """{"profileId":"ann","role":"member"}""", true)]
    [InlineData("people.token.rotate", """{"profileId":"ann"}""", false)]
    [InlineData("people.token.revoke", """{"profileId":"ann"}""", false)]
    [InlineData("people.remove", """{"profileId":"ann"}""", false)]
    public async Task Rights_ThatChange_CloseTheSocketAtOnce(string method, string parameters, bool tokenStays)
    {
        var token = await TokenAsync("ann", "guest");
        await using var ann = await GatewayClient.ConnectAsync(Host.Address, token);
        await using var device = await GatewayClient.OpenAsync(Host.Address);
        await device.AskAsync("connect", device.Device(new DeviceKey(7), new JsonObject { ["token"] = token }));
        await Owner.AskAsync(method, JsonNode.Parse(parameters));
        await ann.ClosedAsync();
        await device.ClosedAsync();
        Assert.Equal((4001, 4001), ((int)ann.CloseStatus!, (int)device.CloseStatus!));
        await using var again = await GatewayClient.OpenAsync(Host.Address);
        Assert.Equal(tokenStays, (await again.RequestAsync("connect", GatewayClient.Owner(token))).GetProperty("ok").GetBoolean());
        Assert.True((await Owner.RequestAsync("health")).GetProperty("ok").GetBoolean());
    }

    [Fact]
    public async Task Device_OfAPerson_IsTheirs_AndRemovedWithThem()
    {
        var token = await TokenAsync("ann", "guest");
        var key = new DeviceKey(7);
        string deviceToken;
        await using (var device = await GatewayClient.OpenAsync(Host.Address))
            deviceToken = (await device.AskAsync("connect", device.Device(key, new JsonObject { ["token"] = token }, scopes: ["operator.admin", "operator.read"]))).GetProperty("auth").GetProperty("deviceToken").GetString()!;
        await using (var device = await GatewayClient.OpenAsync(Host.Address))
        {
            var hello = await device.AskAsync("connect", device.Device(key, new JsonObject { ["deviceToken"] = deviceToken }, scopes: ["operator.read"]));
            Assert.Equal("agent:main:direct:ann", hello.GetProperty("snapshot").GetProperty("sessionDefaults").GetProperty("mainSessionKey").GetString());
            Assert.Equal("FORBIDDEN", Code(await device.RequestAsync("config.get")));
        }
        await Owner.AskAsync("people.remove", new JsonObject { ["profileId"] = "ann" });
        Assert.Empty((await Owner.AskAsync("device.pair.list")).GetProperty("paired").EnumerateArray());
        Assert.DoesNotContain(token, File.ReadAllText(Path.Combine(Host.Home, "gateway", "identity.json")), StringComparison.Ordinal);
    }

    [SharedFact(WireFields.File)]
    public async Task Users_Methods_AnswerInTheReferencesShape()
    {
        await using var ann = await PersonAsync("ann", "guest");
        var fields = WireFields.Read();
        await ann.AskAsync("users.setDisplayName", new JsonObject { ["profileId"] = "ann", ["displayName"] = "Ann" });
        Assert.Empty(fields.Validate("UsersSelfResult", await ann.AskAsync("users.self")));
        Assert.Empty(fields.Validate("UsersSetRoleResult", await Owner.AskAsync("users.setRole", new JsonObject { ["profileId"] = "ann", ["role"] = "member" })));
        var all = await Owner.AskAsync("users.list");
        Assert.Empty(fields.Validate("UsersListResult", all));
        Assert.Equal([("ann", "Ann", "member"), ("owner", null, "owner")], all.GetProperty("profiles").EnumerateArray().Select(p => (p.GetProperty("id").GetString(), p.GetProperty("displayName").GetString(), p.GetProperty("role").GetString())));
        Assert.Equal("INVALID_REQUEST", Code(await Owner.RequestAsync("users.setRole", new JsonObject { ["profileId"] = "ann", ["role"] = "emperor" })));
        Assert.Equal("INVALID_REQUEST", Code(await Owner.RequestAsync("users.setRole", new JsonObject { ["profileId"] = "owner", ["role"] = "guest" })));
    }

    [Theory]
    [InlineData("""{"tools":{"profile":"assistant"},"folders":["workspace"]}""", true, true)]
    [InlineData("""{"tools":{"profile":"assistant"},"folders":["/srv/recipes"]}""", true, false)]
    [InlineData("""{"tools":{"profile":"assistant","deny":["memory_*"]},"folders":["workspace"]}""", false, false)]
    public async Task Memory_IsReachedAsFarAsTheRolesToolsAndFoldersGo(string role, bool mayCall, bool maySee)
    {
        await Owner.AskAsync("memory.write", new JsonObject { ["text"] = "The door code is 4711.", ["lasting"] = true });
        var bobs = Path.Combine(Host.Home, "agents", "main", "workspace", "memory", "people", "bob");
        Directory.CreateDirectory(bobs);
        await File.WriteAllTextAsync(Path.Combine(bobs, "MEMORY.md"), "- Bob hides the door code in the piano.\n");
        await Owner.AskAsync("config.patch", new JsonObject { ["raw"] = new JsonObject { ["roles"] = new JsonObject { ["lodger"] = JsonNode.Parse(role) } }.ToJsonString() });
        await using var ann = await PersonAsync("ann", "lodger");
        await InvokeAsync("memory_search", new JsonObject { ["query"] = "door code" });
        await InvokeAsync("memory_get", new JsonObject { ["path"] = "MEMORY.md" });
        var searched = await ann.RequestAsync("memory.search", new JsonObject { ["query"] = "door code" });
        Assert.Equal(mayCall, searched.GetProperty("ok").GetBoolean());
        Assert.Equal(maySee, searched.ToString().Contains("4711", StringComparison.Ordinal));
        Assert.DoesNotContain("piano", searched.ToString(), StringComparison.Ordinal);
        // What is remembered for somebody else is not read as a file either.
        foreach (var (tool, arguments) in ((string, JsonObject)[])[("read", new() { ["path"] = "memory/people/bob/MEMORY.md" }), ("grep", new() { ["regex"] = "piano" }), ("ls", new() { ["path"] = "memory/people/bob" })])
        {
            var answer = await ann.AskAsync("tools.invoke", new JsonObject { ["name"] = tool, ["args"] = arguments });
            Assert.DoesNotContain("piano.", answer.ToString(), StringComparison.Ordinal);
            Assert.DoesNotContain("MEMORY.md:", answer.ToString(), StringComparison.Ordinal);
        }

        async Task InvokeAsync(string tool, JsonObject arguments)
        {
            var answer = await ann.AskAsync("tools.invoke", new JsonObject { ["name"] = tool, ["args"] = arguments });
            Assert.Equal(maySee, answer.ToString().Contains("4711", StringComparison.Ordinal));
            if (!mayCall) Assert.Equal("not_found", answer.GetProperty("error").GetProperty("code").GetString());
        }
    }

    private static string[] Keys(JsonElement list) => [.. list.GetProperty("sessions").EnumerateArray().Select(s => s.GetProperty("key").GetString()!).Order(StringComparer.Ordinal)];

    private async Task<string> TokenAsync(string id, string role)
    {
        await Owner.AskAsync("people.add", new JsonObject { ["profileId"] = id, ["role"] = role });
        return (await Owner.AskAsync("people.token.rotate", new JsonObject { ["profileId"] = id })).GetProperty("token").GetString()!;
    }

    private async Task<GatewayClient> PersonAsync(string id, string role) => await GatewayClient.ConnectAsync(Host.Address, await TokenAsync(id, role));
}
