using Models;
using Runtime.Sandbox.Kernel;

namespace Runtime.Sandbox;

/// <summary>
/// Starts programs held back from the machine: bubblewrap where it works, else Landlock and a filter of system calls; no network unless it
/// is given; limits on memory, processes, processor time, time and output. Safe for several threads.
/// </summary>
/// <param name="level">What to use, or null for the best there is.</param>
/// <param name="isRequired">True to refuse where there is no sandbox at all.</param>
/// <param name="docker">The containers that the owner wants instead, as it is set now; null, or null from it, for none.</param>
public sealed class CommandSandbox(SandboxLevel? level = null, bool isRequired = true, Func<DockerSandbox?>? docker = null)
{
    private static readonly Lazy<SandboxStatus> Here = new(() => SandboxStatus.Of(Bubblewrap.Path, Bubblewrap.Problem, SyscallTable.Here is not null && OperatingSystem.IsLinux(), CommandCgroup.Version));

    /// <summary>What this machine offers. The first time it is asked, bubblewrap is tried and a cgroup is made and removed.</summary>
    public static SandboxStatus Status => Here.Value;

    /// <summary>What commands run in.</summary>
    public SandboxLevel Level => Docker is not null ? SandboxLevel.Docker : level ?? Status.Level;

    /// <summary>The containers that commands run in, where the owner wants that.</summary>
    public DockerSandbox? Docker => docker?.Invoke();

    /// <summary>Starts the programs of a pipeline.</summary>
    /// <param name="programs">At least one.</param>
    /// <param name="folders">What they see.</param>
    /// <param name="limits">What they may use.</param>
    /// <param name="output">Where what they print goes.</param>
    /// <param name="wantsInput">True where somebody will write to the first; else its input is empty.</param>
    /// <param name="isOutputApart">True where somebody reads what the last one writes to its standard output; only the rest goes to <paramref name="output"/>.</param>
    /// <exception cref="ModelException">There is no sandbox and one is required, or something cannot be started.</exception>
    public RunningPipeline Start(IReadOnlyList<SandboxProgram> programs, SandboxFolders folders, SandboxLimits limits, OutputBuffer output, bool wantsInput = false, bool isOutputApart = false)
    {
        if (Docker is { } containers)
        {
            if (containers.WhyNot() is { } why) throw new ModelException(why);
            return new RunningPipeline(programs, folders, limits, SandboxLevel.Docker, output, wantsInput, isOutputApart, containers);
        }
        if (Level == SandboxLevel.None && isRequired)
            throw new ModelException($"This machine offers no sandbox, so no command is run: {string.Join(' ', Status.Missing)} Install bubblewrap, or allow commands without one in the configuration.");
        return new RunningPipeline(programs, folders, limits, Level, output, wantsInput, isOutputApart);
    }
}
