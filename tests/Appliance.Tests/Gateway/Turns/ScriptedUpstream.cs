using System.Text.Json;
using System.Text.Json.Nodes;
using Models.Egress;
using Models.Providers;
using TestKit;

namespace Appliance.Tests.Gateway.Turns;

/// <summary>A model elsewhere, over a real socket and OpenAI's wire, that says what a test's script says.</summary>
internal sealed class ScriptedUpstream : IDisposable
{
    private readonly FakeServer _server;
    private readonly EgressDoor _door = new(new EgressPolicy());
    private int _asked;

    /// <param name="answer">What it says, by the number of the question and its messages.</param>
    public ScriptedUpstream(Func<int, JsonElement, Said> answer)
    {
        _server = new FakeServer(request => Reply(answer(Interlocked.Increment(ref _asked) - 1, JsonElement.Parse(request.Body).GetProperty("messages"))));
        Client = new ProviderChatClient(ProviderWire.OpenAi, new Upstream("scripted", new Uri(_server.Address + "/v1"), "scripted", 32_768), new KeyRing([], TimeProvider.System), _door);
    }

    /// <summary>Speaks to it.</summary>
    public ProviderChatClient Client { get; }

    /// <summary>The messages of every question, as text.</summary>
    public IReadOnlyList<string> Asked => [.. _server.Requests.Select(request => JsonElement.Parse(request.Body).GetProperty("messages").GetRawText())];

    public void Dispose()
    {
        Client.Dispose();
        _server.Dispose();
        _door.Dispose();
    }

    private static FakeReply Reply(Said said)
    {
        var delta = new JsonObject { ["content"] = said.Text };
        if (said.Tool is not null) delta["tool_calls"] = new JsonArray(new JsonObject { ["index"] = 0, ["id"] = $"call_{Guid.NewGuid():N}", ["type"] = "function", ["function"] = new JsonObject { ["name"] = said.Tool, ["arguments"] = said.Arguments } });
        var events = Event(new JsonObject { ["choices"] = new JsonArray(new JsonObject { ["index"] = 0, ["delta"] = delta }) });
        if (!said.Hangs) events += Event(new JsonObject { ["choices"] = new JsonArray(new JsonObject { ["index"] = 0, ["delta"] = new JsonObject(), ["finish_reason"] = said.Tool is null ? "stop" : "tool_calls" }) }) + "data: [DONE]\n\n";
        return new FakeReply(200, events) { FallSilent = said.Hangs, NoLength = true }.With("Content-Type", "text/event-stream");
    }

    private static string Event(JsonObject data) => $"data: {data.ToJsonString()}\n\n";
}

/// <summary>What the model says: words, and perhaps a call; and whether it never comes to an end.</summary>
internal sealed record Said(string? Text, string? Tool = null, string Arguments = "{}", bool Hangs = false);
