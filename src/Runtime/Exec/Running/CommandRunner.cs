using Models;
using Runtime.Exec.Grammar;
using Runtime.Exec.Paths;
using Runtime.Sandbox;

namespace Runtime.Exec.Running;

/// <summary>Runs what was decided, program by program, in the sandbox. Decides nothing itself. Safe for several threads.</summary>
/// <param name="workspace">What commands read and write.</param>
/// <param name="programs">Where programs are.</param>
/// <param name="sandbox">What holds them back.</param>
public sealed class CommandRunner(Workspace workspace, ProgramFinder programs, CommandSandbox sandbox)
{
    /// <summary>Starts a command. It runs when this returns.</summary>
    /// <param name="pipelines">What was decided.</param>
    /// <param name="limits">What it may use.</param>
    /// <param name="wantsInput">True where somebody will write to it.</param>
    /// <exception cref="ModelException">It cannot be started.</exception>
    public RunningCommand Start(IReadOnlyList<PlannedPipeline> pipelines, SandboxLimits limits, bool wantsInput = false)
    {
        var home = Directory.CreateTempSubdirectory("appliance-run-").FullName;
        return new RunningCommand(pipelines, limits, home, (pipeline, output) =>
            sandbox.Start([.. pipeline.Commands.Select(command => Program(command, home))], Folders(pipeline, home), limits, output, wantsInput && pipeline == pipelines[0]));
    }

    private SandboxProgram Program(PlannedCommand command, string home)
    {
        var path = command.Program ?? throw new ModelException($"{command.Argv[0]} is not installed here.");
        return new SandboxProgram(path, command.Argv, command.Folder, EnvironmentRules.Make(programs.SearchPath, home, command.Variables.Select(v => KeyValuePair.Create(v.Name, v.Value))))
        {
            Changes = [.. command.Redirections.Select(redirection => Change(redirection, command.Folder))],
        };
    }

    private DescriptorChange Change(Redirection redirection, string folder)
    {
        if (redirection.Kind == RedirectionKind.Duplicate) return new DescriptorChange(redirection.Descriptor, null, redirection.Target[0] - '0');
        if (redirection.Target == "/dev/null") return new DescriptorChange(redirection.Descriptor, redirection.Target);
        // A file for a redirection is opened by this process, outside of the sandbox: so only in the workspace, whoever approved it.
        var real = Workspace.RealPath(redirection.Target.StartsWith('/') ? redirection.Target : folder + "/" + redirection.Target);
        if (real is null || !workspace.Holds(real)) throw new ModelException($"{redirection.Target} is outside the workspace.");
        return new DescriptorChange(redirection.Descriptor, real, IsAppended: redirection.Kind == RedirectionKind.Append);
    }

    /// <summary>Folders of programs that are not the system's: their installation beside their file.</summary>
    private SandboxFolders Folders(PlannedPipeline pipeline, string home)
    {
        var places = new List<string>();
        foreach (var command in pipeline.Commands)
        {
            if (command.Program is null || Workspace.RealPath(command.Program) is not { } real || workspace.Holds(real)) continue;
            if (SandboxFolders.InstallationOf(real) is { } place) places.Add(place);
        }
        return new SandboxFolders(workspace.Root, home, places);
    }
}
