using System.CommandLine;
using Appliance.Install;
using Models.Budget;

namespace Appliance.Commands.Install;

/// <summary><c>appliance install</c> and <c>uninstall</c>: this program as a service of the machine, or of one person.</summary>
internal static class InstallCommand
{
    private static readonly Option<bool> User = new("--user") { Description = "A service of your own, without root: it runs while you are logged in, and is held less." };
    private static readonly Option<bool> DryRun = new("--dry-run") { Description = "Say what would be done, and do nothing." };
    private static readonly Option<string?> Root = new("--root") { HelpName = "FOLDER", Description = "Work below this folder, an image that is being made, and start nothing." };

    /// <summary><c>install</c>.</summary>
    public static Command Create()
    {
        var print = new Option<bool>("--print") { Description = "Print the files it would write, and do nothing." };
        var names = string.Join(", ", HardwareKind.All.Select(kind => kind.Name));
        var hardware = new Option<string[]>("--hardware") { HelpName = "KIND", Description = $"Let the service to hardware, several with commas: {names}. Without it no device is even visible to it.", CustomParser = result => [.. result.Tokens.SelectMany(token => token.Value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))] };
        hardware.Validators.Add(result =>
        {
            foreach (var name in result.Tokens.SelectMany(token => token.Value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)))
                if (HardwareKind.Find(name) is null) result.AddError($"There is no hardware '{name}': {names}.");
        });
        var command = new Command("install", "Make this program a service that starts with the machine: copies it to /usr/local/bin, writes a hardened systemd unit with this machine's memory, and starts it. Again changes what is there.") { User, hardware, DryRun, print, Root };
        command.Validators.Add(result =>
        {
            if (result.GetValue(User) && result.GetResult(hardware) is { Implicit: false }) result.AddError("--hardware is the machine's to give: leave out --user.");
        });
        command.SetAction(parsed =>
        {
            var terminal = Terminal.Of(parsed);
            var (installer, plan) = Prepare(parsed, [.. (parsed.GetValue(hardware) ?? []).Distinct().Select(name => HardwareKind.Find(name)!)]);
            if (parsed.GetValue(print))
            {
                foreach (var file in plan.Files.Where(file => file.Content is not null)) terminal.Output.WriteLine($"# {file.Path}\n{file.Content}");
                return ExitCode.Ok;
            }
            if (parsed.GetValue(DryRun))
            {
                foreach (var file in plan.Files) terminal.WriteLine($"write  {file.Path}");
                if (installer.HasManager) foreach (var line in plan.Commands) terminal.WriteLine($"run    {string.Join(' ', line)}");
                return ExitCode.Ok;
            }
            RequireRights(parsed);
            installer.Install(plan);
            terminal.WriteLine(plan.Advice);
            return ExitCode.Ok;
        });
        return command;
    }

    /// <summary><c>uninstall</c>.</summary>
    public static Command CreateUninstall()
    {
        var purge = new Option<bool>("--purge") { Description = "Remove the data too: configuration, conversations, memory, models. There is no way back but a backup." };
        var yes = new Option<bool>("--yes", "-y") { Description = "Really, where --purge is said." };
        var command = new Command("uninstall", "Stop the service and take away what install wrote. The data stays, unless --purge is said.") { User, purge, yes, DryRun, Root };
        command.SetAction(parsed =>
        {
            var terminal = Terminal.Of(parsed);
            var (installer, plan) = Prepare(parsed, []);
            if (parsed.GetValue(DryRun))
            {
                if (installer.HasManager) foreach (var line in plan.StopCommands) terminal.WriteLine($"run    {string.Join(' ', line)}");
                foreach (var file in plan.Files) terminal.WriteLine($"remove {file.Path}");
                if (parsed.GetValue(purge)) terminal.WriteLine($"remove {plan.Data}");
                return ExitCode.Ok;
            }
            if (parsed.GetValue(purge) && !parsed.GetValue(yes)) throw new InstallException($"--purge removes {plan.Data} for good. Say --yes with it where that is meant; `appliance backup create` makes a copy first.");
            RequireRights(parsed);
            installer.Uninstall(plan);
            if (parsed.GetValue(purge)) installer.Purge(plan);
            else terminal.WriteLine($"The data is still in {plan.Data}.");
            return ExitCode.Ok;
        });
        return command;
    }

    private static (Installer, InstallPlan) Prepare(ParseResult parsed, IReadOnlyList<HardwareKind> hardware)
    {
        if (!OperatingSystem.IsLinux()) throw new InstallException("Services are made for Linux with systemd. Elsewhere, let the system's own start `appliance serve`.");
        var root = parsed.GetValue(Root) is { Length: > 0 } folder ? Path.GetFullPath(folder) : "";
        var plan = parsed.GetValue(User) ? InstallPlan.User(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile))
            : InstallPlan.System(MachineMemory.Here.Read().Total, hardware, isPackaged: File.Exists(Path.Combine(root.Length == 0 ? "/" : root, "usr/lib/systemd/system/appliance.service")));
        return (new Installer(root, Terminal.Of(parsed).WriteLine), plan);
    }

    private static void RequireRights(ParseResult parsed)
    {
        if (!parsed.GetValue(User) && parsed.GetValue(Root) is null && !Environment.IsPrivilegedProcess)
            throw new InstallException("A service of the machine needs root: say it with sudo, or --user for a service of your own.");
    }
}
