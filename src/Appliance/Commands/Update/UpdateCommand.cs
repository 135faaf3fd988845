using System.CommandLine;

namespace Appliance.Commands.Update;

/// <summary><c>appliance update</c>: new versions of this program, and the gate that they have to pass.</summary>
internal static partial class UpdateCommand
{
    private static readonly Option<bool> Json = new("--json") { Description = "Print one JSON object." };

    /// <summary>The command, working on the service's home.</summary>
    public static Command Create() => Create(() => UpdateHome.Path);

    /// <summary>The same, working on another home.</summary>
    internal static Command Create(Func<string> home) => new("update", "Look whether this box does what it is for: the gate that a new version has to pass.")
    {
        HealthCommand(home),
    };
}
