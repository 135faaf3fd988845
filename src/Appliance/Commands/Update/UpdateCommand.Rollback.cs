using System.CommandLine;
using Appliance.Backup;
using Appliance.Update;
using Appliance.Update.Slots;

namespace Appliance.Commands.Update;

internal static partial class UpdateCommand
{
    private static Command RollbackCommand(Func<SlotFolder?> slots)
    {
        var command = new Command("rollback", "Go back to the version before: at once where the new one has yet to prove itself, and else as with every version, which has to prove itself too. Conversations, settings and jobs stay as they are.") { NoRestart, Json };
        command.SetAction(parsed =>
        {
            var (terminal, folder) = (Terminal.Of(parsed), Require(slots));
            var restarted = false;
            if (!folder.Rollback("its owner said so", Restart))
            {
                folder.Try(folder.Previous ?? throw new UpdateException("There is no version before this one to go back to."), DateTimeOffset.UtcNow);
                Restart();
            }
            var sentence = $"version {folder.ProgramOf(folder.Current)?.Version} ({(folder.Current == SlotFolder.Installed ? "as it was installed" : $"slot {folder.Current}")}) {(restarted ? "is started" : "starts next")}";
            if (parsed.GetValue(Json)) Print(terminal, to => to.Add("slot", folder.Current).Add("pending", folder.IsPending).Add("what", sentence));
            else terminal.WriteLine(sentence);
            return ExitCode.Ok;

            bool Restart()
            {
                restarted = !parsed.GetValue(NoRestart) && new ServiceUnits(folder).Restart(isForced: true);
                return true;
            }
        });
        return command;
    }

    // What the units call: one step of the judge each.
    private static Command SlotCommand(Func<string> home, Func<SlotFolder?> slots)
    {
        var command = new Command("slot", "What the service's units do with versions.")
        {
            Step("begin", "Before a start: one try less for a version that has yet to prove itself; where none is left, the one before is back.", folder =>
            {
                if (folder.BeginStart()) Console.Error.WriteLine($"back to the version before: {folder.Last?.Why}");
                return ExitCode.Ok;
            }),
            Step("pending", "Exit 0 while a version has yet to prove itself, or the way back from one is not at its end; 1 otherwise.", folder => folder.IsUndecided ? ExitCode.Ok : ExitCode.Error),
            Step("commit", "The version that is tried has proved itself.", folder =>
            {
                if (folder.Commit()) Console.Error.WriteLine($"version {folder.ProgramOf(folder.Good)?.Version} has proved itself");
                return ExitCode.Ok;
            }),
            Step("rollback", "The version that is tried has failed: the one before is back.", folder =>
            {
                var units = new ServiceUnits(folder);
                folder.Rollback("it did not pass the health gate", units.IsThere ? () => units.Restart(isForced: true) : null);
                return ExitCode.Ok;
            }),
            Step("snapshot", "Keep a backup of the home as it is before a version that has yet to prove itself starts for the first time.", folder =>
            {
                if (folder is not { IsPending: true, Last: { } last }) return ExitCode.Ok;
                var (path, at) = (System.IO.Path.Combine(home(), $".before-{last.Program.Version}-{last.Program.Release}.tar.gz"), home());
                if (File.Exists(path) || !Directory.Exists(at)) return ExitCode.Ok;
                foreach (var older in Directory.GetFiles(at, ".before-*.tar.gz*")) File.Delete(older);
                BackupArchive.Create(at, path, null, TimeProvider.System);
                return ExitCode.Ok;
            }),
        };
        command.Hidden = true;
        return command;

        Command Step(string name, string what, Func<SlotFolder, int> act)
        {
            var step = new Command(name, what);
            step.SetAction(_ => act(Require(slots)));
            return step;
        }
    }
}
