using Runtime.Sandbox.Kernel;

namespace Runtime.Sandbox;

/// <summary>What holds commands on this machine, as it was found, and what is missing.</summary>
/// <param name="Level">What commands run in.</param>
/// <param name="LandlockVersion">The kernel's version of Landlock; 0 where it has none or it is off.</param>
/// <param name="HasFilter">True where system calls are filtered.</param>
/// <param name="DeniesNetwork">True where commands have no network.</param>
/// <param name="Cgroup">What limits memory and processes of all of a command: <c>v1</c>, <c>v2</c>, or null where each process has its own limit only.</param>
/// <param name="Missing">What this machine does not offer, in sentences.</param>
public sealed record SandboxStatus(SandboxLevel Level, int LandlockVersion, bool HasFilter, bool DeniesNetwork, string? Cgroup, IReadOnlyList<string> Missing)
{
    /// <summary>Looks at this machine.</summary>
    internal static SandboxStatus Of(string? bubblewrap, string? bubblewrapProblem, bool canFilter, string? cgroup)
    {
        var missing = new List<string>();
        if (bubblewrap is null) missing.Add(bubblewrapProblem ?? "bubblewrap is not installed.");
        if (Landlock.Version == 0) missing.Add("The kernel has no Landlock, or it is not switched on (lsm=landlock).");
        else if (Landlock.Version < 6) missing.Add($"Landlock version {Landlock.Version} does not hold signals back (6 does); a filter guards this process alone.");
        if (!canFilter) missing.Add("System calls of this processor are not filtered.");
        if (cgroup is null) missing.Add("No cgroup can be made here: limits hold for each process of a command, not for all together.");
        var level = bubblewrap is not null ? SandboxLevel.Bubblewrap : Landlock.Version > 0 && canFilter ? SandboxLevel.Landlock : SandboxLevel.None;
        return new SandboxStatus(level, Landlock.Version, canFilter, level != SandboxLevel.None, cgroup, missing);
    }
}
