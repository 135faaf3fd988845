using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using TestKit;

namespace Appliance.Tests.Gateway.Methods;

/// <summary>Who answers what names no agent: the owner's bindings, for clients of the gateway and by HTTP.</summary>
public sealed class BindingTests : GatewayTest
{
    [Fact]
    public async Task Send_ToAShortName_GoesToTheBoundAgent_AndAFullKeyStaysWhatItIs()
    {
        await using var client = await BindAsync("""[{"agent": "family", "channel": "webchat"}, {"agent": "ops", "channel": "http"}]""");
        var defaults = client.Hello.GetProperty("snapshot").GetProperty("sessionDefaults");
        Assert.Equal(("family", "agent:family:main"), (defaults.GetProperty("defaultAgentId").GetString(), defaults.GetProperty("mainSessionKey").GetString()));
        Assert.Equal("family", (await client.AskAsync("agents.list")).GetProperty("defaultId").GetString());

        await SayAsync(client, "main", "r1");
        await SayAsync(client, "agent:main:main", "r2");
        Assert.Equal(["agent:family:main", "agent:main:main"], await KeysAsync(client));
        // What is read by the short name is what was said by it.
        var history = await client.AskAsync("chat.history", new JsonObject { ["sessionKey"] = "main" });
        Assert.Equal("hello r1", Text(history.GetProperty("messages")[0]));

        var run = await client.AskAsync("agent", new JsonObject { ["message"] = "hello", ["idempotencyKey"] = "r3" });
        Assert.Equal("agent:family:main", run.GetProperty("sessionKey").GetString());

        Host.Client.DefaultRequestHeaders.Authorization = new("Bearer", Host.Token);
        using var response = await Host.Client.PostAsJsonAsync("/api/v1/chat", new JsonObject { ["message"] = "hello" });
        Assert.Equal("agent:ops:main", JsonElement.Parse(await response.Content.ReadAsStringAsync()).GetProperty("sessionKey").GetString());
        using var named = await Host.Client.PostAsJsonAsync("/api/v1/chat", new JsonObject { ["message"] = "hello", ["agentId"] = "family" });
        Assert.Equal("agent:family:main", JsonElement.Parse(await named.Content.ReadAsStringAsync()).GetProperty("sessionKey").GetString());
    }

    [Fact]
    public async Task Send_NarrowerBinding_CountsBeforeTheChannel()
    {
        await using var client = await BindAsync("""[{"agent": "family", "channel": "webchat"}, {"agent": "ops", "channel": "webchat", "account": "gateway-*"}]""");
        await SayAsync(client, "main", "r1");
        Assert.Equal(["agent:ops:main"], await KeysAsync(client));
    }

    [Fact]
    public async Task Send_WhereTheBindingAnswersNobody_IsRefusedAndNothingIsKept()
    {
        await using var client = await BindAsync("""[{"agent": "family", "channel": "webchat", "activation": "scheduled"}]""");
        var refused = await client.RequestAsync("chat.send", new JsonObject { ["sessionKey"] = "main", ["message"] = "hello", ["idempotencyKey"] = "r1" });
        Assert.Contains("section bindings", refused.GetProperty("error").GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Empty(await KeysAsync(client));
    }

    private async Task<GatewayClient> BindAsync(string bindings)
    {
        await File.WriteAllTextAsync(Path.Combine(Host.Home, "appliance.json"), """{"agents": {"family": {}, "ops": {}}, "bindings": """ + bindings + "}");
        await Host.RestartAsync();
        return await GatewayClient.ConnectAsync(Host.Address, Host.Token);
    }

    private static async Task SayAsync(GatewayClient client, string session, string run)
    {
        await client.AskAsync("chat.send", new JsonObject { ["sessionKey"] = session, ["message"] = $"hello {run}", ["idempotencyKey"] = run });
        await client.EventAsync("chat", c => c.GetProperty("runId").GetString() == run && c.GetProperty("state").GetString() == "final");
    }

    private static async Task<List<string>> KeysAsync(GatewayClient client) =>
        [.. (await client.AskAsync("sessions.list")).GetProperty("sessions").EnumerateArray().Select(s => s.GetProperty("key").GetString()!).Order(StringComparer.Ordinal)];
}
