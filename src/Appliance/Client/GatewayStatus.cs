using System.Text;
using Appliance.Gateway.Protocol;

namespace Appliance.Client;

/// <summary>A running gateway at a glance. Times are milliseconds, sizes bytes.</summary>
internal sealed record GatewayStatus(
    long? Pid, string Address, string Version, long UptimeMs, string? Model, IReadOnlyList<string> Loaded, long Sessions, long ActiveTurns, long Clients, long ResidentBytes) : IPayload
{
    /// <summary>Asks a gateway.</summary>
    /// <exception cref="GatewayClientException">It has gone.</exception>
    public static async Task<GatewayStatus> AskAsync(GatewayClient client, CancellationToken cancellation)
    {
        var box = await client.RequestAsync("appliance.snapshot", cancellation: cancellation);
        return new(
            box.Number("pid"), box.Text("address") ?? "", box.Text("version") ?? "", box.Number("uptimeMs") ?? 0, box.Text("model"), [.. box.Texts("loadedModels")],
            box.Number("sessions") ?? 0, (box.Number("turnsRunning") ?? 0) + (box.Number("turnsWaiting") ?? 0), box.Number("clients") ?? 0, box.Number("residentBytes") ?? 0);
    }

    /// <summary>As one JSON object.</summary>
    public string ToJson() => Encoding.UTF8.GetString(FrameWriter.Payload(this));

    /// <inheritdoc/>
    public void Write(PayloadWriter to) => to
        .Add("pid", Pid).Add("address", Address).Add("version", Version).Add("uptime_ms", UptimeMs).Add("model", Model).Add("loaded", Loaded)
        .Add("sessions", Sessions).Add("active_turns", ActiveTurns).Add("clients", Clients).Add("resident_bytes", ResidentBytes);
}
