using System.Text.Json;
using System.Text.Json.Nodes;
using TestKit;

namespace Appliance.Tests.Gateway.Methods;

/// <summary>A node that offers what the recorded one offered, and answers invocations with what that one answered.</summary>
internal sealed class RecordedNode : IAsyncDisposable
{
    /// <summary>Where it was recorded.</summary>
    public const string Transcript = "51-node-host";

    private readonly Task _answering;
    private int _invocations;

    private RecordedNode(GatewayClient client) => (Client, _answering) = (client, AnswerAsync(client));

    /// <summary>Its key.</summary>
    public static DeviceKey Key { get; } = new(1);

    /// <summary>Its connection.</summary>
    public GatewayClient Client { get; }

    /// <summary>Invocations that reached it.</summary>
    public int Invocations => Volatile.Read(ref _invocations);

    public static async Task<RecordedNode> ConnectAsync(Uri server, string token)
    {
        var connect = Transcripts.All().First(f => f.Transcript == Transcript && f.FromClient && f.Text("method") == "connect").Frame.GetProperty("params");
        var client = await GatewayClient.OpenAsync(server);
        await client.AskAsync("connect", client.Device(Key, new JsonObject { ["token"] = token }, role: "node", change: c =>
        {
            foreach (var name in new[] { "caps", "commands" }) c[name] = JsonNode.Parse(connect.GetProperty(name).GetRawText());
        }));
        return new RecordedNode(client);
    }

    public async ValueTask DisposeAsync()
    {
        await Client.DisposeAsync();
        await _answering;
    }

    private async Task AnswerAsync(GatewayClient client)
    {
        var recorded = new Queue<JsonElement>(Transcripts.All().Where(f => f.Transcript == Transcript && f.FromClient && f.Text("method") == "node.invoke.result").Select(f => f.Frame.GetProperty("params")));
        await foreach (var frame in client.Events.ReadAllAsync())
        {
            if (frame.GetProperty("event").GetString() != "node.invoke.request") continue;
            Interlocked.Increment(ref _invocations);
            var answer = JsonNode.Parse(recorded.Dequeue().GetRawText())!.AsObject();
            (answer["id"], answer["nodeId"]) = (frame.GetProperty("payload").GetProperty("id").GetString(), Key.Id);
            await client.SendRequestAsync("node.invoke.result", answer);
        }
    }
}
