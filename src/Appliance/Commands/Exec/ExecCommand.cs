using System.CommandLine;

namespace Appliance.Commands.Exec;

/// <summary><c>appliance exec</c>: what of a command line may run, and why, and in what.</summary>
internal static class ExecCommand
{
    /// <summary>The command and its own commands.</summary>
    public static Command Create() => new("exec", "Commands that the agent runs: what would become of one, and what holds them.") { ExecCheckCommand.Create(), ExecStatusCommand.Create() };
}
