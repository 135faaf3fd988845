using System.Collections;
using Appliance.Config;
using Appliance.Update.Slots;
using Models.Budget;
using Models.Egress;
using Models.Store;

namespace Appliance.Doctor;

/// <summary>What the checks look at.</summary>
/// <param name="Home">The home folder.</param>
/// <param name="Config">Its configuration.</param>
/// <param name="Memory">The machine's memory.</param>
/// <param name="Time">The clock.</param>
internal sealed record Patient(string Home, ConfigStore Config, MachineMemory Memory, TimeProvider Time)
{
    /// <summary>Its models.</summary>
    public ModelStore Models { get; } = new(Home) { DefaultName = Config.Config.Models.Default };

    /// <summary>Where versions of this program lie; null where it was not installed.</summary>
    public SlotFolder? Slots { get; init; } = SlotFolder.Here;

    /// <summary>The machine's root folder; tests give a tree of their own.</summary>
    public string Root { get; init; } = "/";

    /// <summary>The networks it is in.</summary>
    public Func<IReadOnlyList<string>?, IReadOnlyList<LanLink>> Links { get; init; } = LanLink.All;

    /// <summary>The environment.</summary>
    public IDictionary Environment { get; init; } = System.Environment.GetEnvironmentVariables();
}
