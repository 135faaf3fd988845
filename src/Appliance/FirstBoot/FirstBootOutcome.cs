using Appliance.FirstBoot.Settings;

namespace Appliance.FirstBoot;

/// <summary>What became of a run. Immutable.</summary>
/// <param name="State">How it ended.</param>
/// <param name="Steps">What was set, or would be; never a secret.</param>
/// <param name="Faults">What is wrong with the file on the boot partition.</param>
internal sealed record FirstBootOutcome(FirstBootEnd State, IReadOnlyList<string> Steps, IReadOnlyList<SettingFault> Faults);

/// <summary>How a run ended.</summary>
internal enum FirstBootEnd
{
    /// <summary>There is no file, and nothing that was begun.</summary>
    Nothing,

    /// <summary>The file was applied before.</summary>
    Already,

    /// <summary>The file is wrong: nothing was changed.</summary>
    Refused,

    /// <summary>It was applied; with <c>--dry-run</c> it would be.</summary>
    Applied,
}
