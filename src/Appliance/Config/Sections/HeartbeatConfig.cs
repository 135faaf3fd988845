using System.Globalization;
using Models.Generation;
using Runtime.Schedule.Heartbeat;

namespace Appliance.Config.Sections;

/// <summary>Section <c>heartbeat</c>: what agents do by themselves. Immutable.</summary>
internal sealed record HeartbeatConfig(
    [property: Setting("How often an agent looks after what stands in its HEARTBEAT.md: 30m, 0 for never. Where nothing stands there, nothing is spent.", Hot = true, Format = SettingFormat.Duration)]
    string Every = "30m",
    [property: Setting("When heartbeats begin each day, as 08:00; without it they never rest.", Hot = true, Format = SettingFormat.TimeOfDay)]
    string? ActiveFrom = null,
    [property: Setting("When they end, as 22:00; it may be after midnight.", Hot = true, Format = SettingFormat.TimeOfDay)]
    string? ActiveTo = null,
    [property: Setting("The time zone of these hours, such as Europe/Berlin; without it the machine's own.", Hot = true, Format = SettingFormat.Zone)]
    string? Zone = null,
    [property: Setting("Tokens, read and written, after which an agent's heartbeats rest until the next day.", Hot = true, Least = 0)]
    long TokensPerDay = 100_000)
{
    /// <summary>As the agent's room takes it.</summary>
    public HeartbeatSettings ToSettings() => new()
    {
        Every = KeepAlive.TryParse(Every, out var every) && every > TimeSpan.Zero ? every : TimeSpan.Zero,
        ActiveFrom = Time(ActiveFrom),
        ActiveTo = Time(ActiveTo),
        Zone = Zone,
        TokensPerDay = TokensPerDay,
    };

    internal static TimeOnly? Time(string? text) => text is null ? null : TimeOnly.ParseExact(text, "HH:mm", CultureInfo.InvariantCulture);
}
