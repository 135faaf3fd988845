using System.CommandLine;
using System.Text.Json.Nodes;
using Appliance.FirstBoot;
using Appliance.FirstBoot.Applying;
using Appliance.FirstBoot.Setup;

namespace Appliance.Commands.FirstBoot;

/// <summary><c>appliance first-boot</c>: sets a box up by the file that its owner put on the boot partition.</summary>
internal static class FirstBootCommand
{
    private static readonly Option<string> Boot = new("--boot") { HelpName = "DIR", Description = "Where the boot partition is mounted.", DefaultValueFactory = _ => BootPartition.Place };
    private static readonly Option<string?> Root = new("--root") { HelpName = "DIR", Description = "Set up what lies below this folder instead of this machine." };

    /// <summary>The command.</summary>
    public static Command Create()
    {
        var dryRun = new Option<bool>("--dry-run") { Description = "Say what is wrong with the file, or what would be set, and do nothing." };
        var json = new Option<bool>("--json") { Description = "Print one JSON object." };
        var command = new Command("first-boot", $"Set this box up by {BootPartition.SettingsName} on the boot partition: Wi-Fi, SSH, Tailscale, time zone, language, names, a model. Applied once; passwords and keys are erased from it. Exits 1 where the file is wrong, and {BootPartition.ErrorsName} beside it says why.") { Boot, Root, dryRun, json, SetupCommand(), OnlineCommand() };
        command.SetAction(parsed =>
        {
            var (terminal, boot, files) = (Terminal.Of(parsed), BootOf(parsed), FilesOf(parsed));
            var isDry = parsed.GetValue(dryRun);
            if (!isDry && files.IsThisMachine) RequireRoot();
            var run = new FirstBootRun(boot, files);
            var outcome = isDry ? run.Look() : run.Run();
            if (parsed.GetValue(json)) terminal.Output.WriteLine(Json(outcome, isDry).ToJsonString());
            else Write(terminal, outcome, isDry, boot);
            return outcome.Faults.Count > 0 ? ExitCode.Error : ExitCode.Ok;
        });
        return command;
    }

    private static Command SetupCommand()
    {
        var command = new Command("setup", "Where the box was told nothing: open a Wi-Fi network of its own, its key as a picture on the screen and on the boot partition, ask on a page in it, and start anew. Ends at once on a box that is set up or has no radio.") { Boot };
        command.SetAction(async (parsed, cancellation) =>
        {
            RequireRoot();
            var terminal = Terminal.Of(parsed);
            if (await new SetupRun(BootOf(parsed), new BoxFiles(""), terminal.WriteLine).RunAsync(cancellation)) await SystemProgram.RunAsync(TimeSpan.FromSeconds(30), ["systemctl", "reboot"], cancellation);
            return ExitCode.Ok;
        });
        return command;
    }

    private static Command OnlineCommand()
    {
        var command = new Command("online", "Do what waits for a network: join a tailnet, pull a model. Each is done once.");
        command.SetAction(async (parsed, cancellation) =>
        {
            RequireRoot();
            await new FirstBootOnline(new BoxFiles(""), Terminal.Of(parsed).WriteLine).RunAsync(cancellation);
            return ExitCode.Ok;
        });
        return command;
    }

    private static void RequireRoot()
    {
        if (!Environment.IsPrivilegedProcess) throw new FirstBootException("Setting this machine up needs root: say it with sudo, or `appliance first-boot --dry-run` to see what it would be.");
    }

    private static BootPartition BootOf(ParseResult parsed) => new(parsed.GetValue(Boot)!);

    private static BoxFiles FilesOf(ParseResult parsed) => new(parsed.GetValue(Root) is { Length: > 0 } folder ? Path.GetFullPath(folder) : "");

    private static void Write(Terminal terminal, FirstBootOutcome outcome, bool isDry, BootPartition boot)
    {
        foreach (var step in outcome.Steps) terminal.WriteLine((isDry ? "would set: " : "set: ") + step);
        foreach (var fault in outcome.Faults) foreach (var line in $"{BootPartition.SettingsName}, {fault}".Split('\n')) terminal.Note(line);
        if (outcome.State == FirstBootEnd.Nothing) terminal.WriteLine($"There is no {BootPartition.SettingsName} in {boot.Folder}: nothing to set up.");
        else if (outcome.State == FirstBootEnd.Already) terminal.WriteLine($"{BootPartition.SettingsName} in {boot.Folder} was applied before: nothing to set up.");
        else if (outcome.State == FirstBootEnd.Applied && outcome.Steps.Count == 0) terminal.WriteLine($"{BootPartition.SettingsName} asks for nothing.");
    }

    private static JsonObject Json(FirstBootOutcome outcome, bool isDry) => new()
    {
        ["state"] = outcome.State.ToString().ToLowerInvariant(),
        ["dryRun"] = isDry,
        ["set"] = new JsonArray([.. outcome.Steps.Select(step => (JsonNode)step)]),
        ["errors"] = new JsonArray([.. outcome.Faults.Select(fault => new JsonObject { ["line"] = fault.Line, ["key"] = fault.Key, ["why"] = fault.Why, ["example"] = fault.Example })]),
    };
}
