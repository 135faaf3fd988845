using System.Text.Json;
using System.Text.Json.Nodes;
using TestKit;

namespace Appliance.Tests.Gateway.Methods;

/// <summary>Clients that say hello as the recorded ones did: with their role, scopes and mode, and a device of their own where those had one.</summary>
internal sealed class RecordedClients(Uri server, string token) : IAsyncDisposable
{
    private readonly Dictionary<(string, int), GatewayClient> _open = [];
    private readonly Dictionary<(string, int), JsonElement> _connects = Transcripts.All().Where(f => f.FromClient && f.Text("method") == "connect")
        .GroupBy(f => (f.Transcript, f.Connection)).ToDictionary(g => g.Key, g => g.First().Frame.GetProperty("params"));

    /// <summary>The client a frame came from.</summary>
    public async Task<GatewayClient> OfAsync(TranscriptFrame frame)
    {
        var key = (frame.Transcript, frame.Connection);
        if (_open.TryGetValue(key, out var open)) return open;
        var connect = _connects[key];
        var client = _open[key] = await GatewayClient.OpenAsync(server);
        var scopes = connect.GetProperty("scopes").EnumerateArray().Select(s => s.GetString()!).ToArray();
        if (connect.TryGetProperty("device", out _)) await client.AskAsync("connect", client.Device(new DeviceKey(1000 + _open.Count), new JsonObject { ["token"] = token }, scopes: scopes));
        else
        {
            var hello = GatewayClient.Owner(token, scopes, connect.GetProperty("client").GetProperty("mode").GetString()!);
            hello["client"]!["id"] = connect.GetProperty("client").GetProperty("id").GetString();
            await client.AskAsync("connect", hello);
        }
        return client;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var client in _open.Values) await client.DisposeAsync();
    }
}
