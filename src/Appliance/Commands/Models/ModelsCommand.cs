using System.CommandLine;
using System.Globalization;
using Models.Store;

namespace Appliance.Commands.Models;

/// <summary><c>appliance models</c>: what is installed, and how it gets there and away.</summary>
internal static partial class ModelsCommand
{
    /// <summary>The command with all its subcommands, working on the home folder.</summary>
    public static Command Create() => Create(() => HomeFolder.Path);

    /// <summary>The same, working on another home.</summary>
    internal static Command Create(Func<string> home)
    {
        ModelStore Store() => new(home());
        return new Command("models", "List, recommend, pull, import, plan, check and remove models.")
        {
            ListCommand(Store), RecommendCommand(Store), ShowCommand(Store), PlanCommand(Store), PullCommand(Store), ImportCommand(Store), RemoveCommand(Store), VerifyCommand(Store),
        };
    }

    private static Option<bool> JsonOption(string what) => new("--json") { Description = $"Print {what}." };

    private static void CompleteNames(Argument argument, Func<ModelStore> store) => argument.CompletionSources.Add(_ => store().Names());

    /// <summary>A number with its unit, in the way model sizes are named: <c>494.0M</c>.</summary>
    private static string Count(long number) => number switch
    {
        < 1_000 => number.ToString(CultureInfo.InvariantCulture),
        < 999_950 => string.Create(CultureInfo.InvariantCulture, $"{number / 1e3:0.0}K"),
        < 999_950_000 => string.Create(CultureInfo.InvariantCulture, $"{number / 1e6:0.0}M"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{number / 1e9:0.0}B"),
    };

    private static long Size(InstalledModel model) => model.Manifest.Files.Sum(file => file.Size);
}
