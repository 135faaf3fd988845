using System.Text.Json.Serialization;
using Models.Routing.Execution;
using Runtime.Hardware.Power;

namespace Appliance.Config.Sections;

/// <summary>Section <c>power</c>: when the machine is spared, and who answers then. Immutable.</summary>
internal sealed record PowerConfig(
    [property: Setting("Degrees Celsius from where on models rest a third of their time, and heartbeats wait; 70 on small boards, 88 on PCs.", Hot = true, Least = 30, Most = 150)]
    double? Warm = null,
    [property: Setting("Degrees from where on they rest half of it with half the threads, and jobs wait too; 78 on small boards, 94 on PCs.", Hot = true, Least = 30, Most = 150)]
    double? Hot = null,
    [property: Setting("Degrees from where on they rest three quarters of it with one thread; 84 on small boards, 99 on PCs.", Hot = true, Least = 30, Most = 150)]
    double? Critical = null,
    [property: Setting("Percent of a battery that feeds the machine alone, below which it is spared like a warm one, below half of it like a hot one, below a sixth like a critical one; 0 for never.", Hot = true, Least = 0, Most = 100)]
    int Battery = 30,
    [property: Setting("Models of this box on a hot machine: slower (they are asked and take longer, which counts where another may answer) or elsewhere (they are not asked).", Hot = true)]
    WhenHot WhenHot = WhenHot.Slower)
{
    /// <summary>As the watch takes it.</summary>
    public PowerLimits ToLimits(PowerLimits usual) => new(Warm ?? usual.Warm, Hot ?? usual.Hot, Critical ?? usual.Critical, Battery);

    /// <summary>What models of this box have now, as the router takes it.</summary>
    public LocalPower Of(PowerWatch watch) => new(watch.State.Duty, WhenHot == WhenHot.Elsewhere && watch.State.AsksElsewhere ? watch.State.Reason : null, watch.BusyWatts, watch.Reading.IsOnBattery);
}

/// <summary>What becomes of models of this box on a hot machine.</summary>
internal enum WhenHot
{
    /// <summary>They are asked, and are slower.</summary>
    [JsonStringEnumMemberName("slower")]
    Slower,

    /// <summary>They are not asked.</summary>
    [JsonStringEnumMemberName("elsewhere")]
    Elsewhere,
}
