using Appliance.Gateway.Protocol;
using Runtime.Schedule.Heartbeat;

namespace Appliance.Gateway.Methods.Wire;

/// <summary>What came of a heartbeat.</summary>
internal sealed record HeartbeatRow(HeartbeatEvent Happened) : IPayload
{
    private const int LongestPreview = 200;

    public void Write(PayloadWriter to) => to
        .Add("ts", Happened.Ts).Add("status", Happened.Status).Add("preview", Happened.Text is { } text ? Runtime.Tools.Bounded.Begin(text, LongestPreview) : null)
        .Add("reason", Happened.Reason).Add("durationMs", Happened.DurationMs).Add("agentId", Happened.AgentId);
}

/// <summary>How an agent's heartbeats stand.</summary>
internal sealed record HealthHeartbeat(bool Enabled, TimeSpan Interval) : IPayload
{
    public string Every => !Enabled ? "off" : Interval.TotalMinutes % 60 == 0 ? $"{Interval.TotalHours:0}h" : $"{Interval.TotalMinutes:0.##}m";
    public long? EveryMs => Enabled ? (long)Interval.TotalMilliseconds : null;

    public void Write(PayloadWriter to) => to
        .Add("enabled", Enabled).Add("every", Every).Stay("everyMs", EveryMs).Add("prompt", Enabled ? Heartbeats.Prompt : "").Add("target", "none")
        .Add("ackMaxChars", Enabled ? HeartbeatReply.LongestBeside : 0);
}
