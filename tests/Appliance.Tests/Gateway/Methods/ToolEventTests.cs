using System.Text.Json;
using System.Text.Json.Nodes;
using Appliance.Tests.Http;
using Microsoft.Extensions.AI;
using TestKit;

namespace Appliance.Tests.Gateway.Methods;

public sealed class ToolEventTests : GatewayTest
{
    // The order and the fields of PROTOCOL.md §5, "Events of a run".
    [Fact]
    public async Task Turn_WithATool_TellsItsSteps_AndItsInsidesOnlyToThoseWhoAsked()
    {
        Host.ChatClient = new ScriptedSteps(
            [new TextReasoningContent("hm"), new TextContent("I look."), ScriptedChatClient.Call("call_1", "time", "{}")],
            [new TextContent("It is late.")]);
        await using var curious = await GatewayClient.OpenAsync(Host.Address);
        var connect = GatewayClient.Owner(Host.Token);
        connect["caps"] = new JsonArray("tool-events");
        await curious.AskAsync("connect", connect);
        await Owner.AskAsync("sessions.subscribe");
        await SayAsync("look at the clock for me", "r1");

        var heard = await AgentEventsAsync(curious);
        Assert.Equal(
            ["lifecycle start", "thinking", "assistant", "item start", "tool start", "tool result", "item end", "assistant", "usage", "lifecycle end"], heard.Select(e => Name(e)));
        var start = heard[4].GetProperty("data");
        Assert.Equal(("time", "call_1", "{}"), (start.GetProperty("name").GetString(), start.GetProperty("toolCallId").GetString(), start.GetProperty("args").GetRawText()));
        var result = heard[5].GetProperty("data");
        Assert.False(result.GetProperty("isError").GetBoolean());
        Assert.Contains(DateTime.UtcNow.Year.ToString(), result.GetProperty("result").GetProperty("content")[0].GetProperty("text").GetString(), StringComparison.Ordinal);
        Assert.Equal("completed", heard[6].GetProperty("data").GetProperty("status").GetString());
        Assert.Equal(heard.Select(e => e.GetProperty("seq").GetInt32()), heard.Select(e => e.GetProperty("seq").GetInt32()).Order());

        Assert.DoesNotContain(await AgentEventsAsync(Owner), e => e.GetProperty("stream").GetString() == "tool");
        var rows = await HistoryAsync();
        Assert.Equal(["user", "assistant", "toolResult", "assistant"], rows.Select(r => r.GetProperty("role").GetString()));
        Assert.Equal("toolCall", rows[1].GetProperty("content")[1].GetProperty("type").GetString());
        Assert.Equal("call_1", rows[2].GetProperty("toolCallId").GetString());
    }

    private static string Name(JsonElement payload) =>
        payload.GetProperty("stream").GetString() + (payload.GetProperty("data").TryGetProperty("phase", out var phase) ? $" {phase.GetString()}" : "");

    private static async Task<JsonElement[]> AgentEventsAsync(GatewayClient client)
    {
        var events = new List<JsonElement>();
        while (events.Count == 0 || Name(events[^1]) != "lifecycle end") events.Add(await client.EventAsync("agent"));
        return [.. events];
    }
}
