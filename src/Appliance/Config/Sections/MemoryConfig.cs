using Runtime.Schedule.Distilling;
using Runtime.Schedule.Heartbeat;

namespace Appliance.Config.Sections;

/// <summary>Section <c>memory</c>: what becomes of agents' notes. Immutable.</summary>
internal sealed record MemoryConfig(
    [property: Setting("Whether at night a model puts what matters of past days into MEMORY.md. Notes stay; without a model nothing happens.", Hot = true)]
    bool Distill = true,
    [property: Setting("When that may begin, as 03:00.", Hot = true, Format = SettingFormat.TimeOfDay)]
    string NightFrom = "03:00",
    [property: Setting("Until when it may begin, as 06:00; it may be after midnight.", Hot = true, Format = SettingFormat.TimeOfDay)]
    string NightTo = "06:00",
    [property: Setting("The time zone of these hours, such as Europe/Berlin; without it the machine's own.", Hot = true, Format = SettingFormat.Zone)]
    string? Zone = null,
    [property: Setting("Tokens, read and written, that an agent's memory may take a night; the rest waits for the next.", Hot = true, Least = 0)]
    long TokensPerNight = 20_000,
    [property: Setting("Days after which notes that were distilled go to memory/.archive, where they are not searched; 0 for never.", Hot = true, Least = 0)]
    int KeepDays = 0)
{
    /// <summary>As the schedule takes it.</summary>
    public NightSettings ToSettings() => new()
    {
        IsOn = Distill,
        Hours = new HeartbeatSettings { ActiveFrom = HeartbeatConfig.Time(NightFrom), ActiveTo = HeartbeatConfig.Time(NightTo), Zone = Zone },
        TokensPerNight = TokensPerNight,
        KeepDays = KeepDays,
    };
}
