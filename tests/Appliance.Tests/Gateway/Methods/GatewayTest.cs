using System.Text.Json;
using System.Text.Json.Nodes;
using Appliance.Tests.Http;
using TestKit;

namespace Appliance.Tests.Gateway.Methods;

/// <summary>A server with scripted models and its owner's client.</summary>
public abstract class GatewayTest : IAsyncLifetime
{
    private protected TestHost Host { get; private set; } = null!;

    private protected GatewayClient Owner { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Host = await TestHost.StartAsync();
        Owner = await GatewayClient.ConnectAsync(Host.Address, Host.Token);
    }

    public async Task DisposeAsync()
    {
        Assert.Empty(Host.Bugs);
        await Owner.DisposeAsync();
        await Host.DisposeAsync();
    }

    private protected Task<JsonElement> SayAsync(string text, string runId, string session = "main") =>
        Owner.AskAsync("chat.send", new JsonObject { ["sessionKey"] = session, ["message"] = text, ["idempotencyKey"] = runId });

    private protected async Task<JsonElement> SayAndHearAsync(string text, string runId, string session = "main")
    {
        await SayAsync(text, runId, session);
        return await Owner.EventAsync("chat", c => c.GetProperty("runId").GetString() == runId && c.GetProperty("state").GetString() is "final" or "aborted" or "error");
    }

    private protected async Task<JsonElement[]> HistoryAsync(string session = "main", JsonObject? more = null)
    {
        more ??= [];
        more["sessionKey"] = session;
        return [.. (await Owner.AskAsync("chat.history", more)).GetProperty("messages").EnumerateArray()];
    }

    private protected static string Text(JsonElement message) => message.GetProperty("content")[0].GetProperty("text").GetString()!;

    private protected static string Code(JsonElement response) => response.GetProperty("error").GetProperty("code").GetString()!;
}
