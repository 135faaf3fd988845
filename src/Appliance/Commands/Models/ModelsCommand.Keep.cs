using System.CommandLine;
using Models;
using Models.Store;

namespace Appliance.Commands.Models;

internal static partial class ModelsCommand
{
    private static Command RemoveCommand(Func<ModelStore> store)
    {
        var names = new Argument<string[]>("name") { HelpName = "NAME", Description = "The models to remove.", Arity = ArgumentArity.OneOrMore };
        CompleteNames(names, store);
        var command = new Command("remove", "Remove models and free their space.") { names };
        command.Aliases.Add("rm");
        command.SetAction(parsed =>
        {
            var terminal = Terminal.Of(parsed);
            var failed = false;
            foreach (var name in parsed.GetValue(names)!)
            {
                try
                {
                    store().Remove(name);
                    terminal.WriteLine($"removed {name}");
                }
                catch (ModelException e)
                {
                    terminal.Note($"error: {e.Message}");
                    failed = true;
                }
            }
            return failed ? ExitCode.Error : ExitCode.Ok;
        });
        return command;
    }

    private static Command VerifyCommand(Func<ModelStore> store)
    {
        var name = new Argument<string?>("name") { HelpName = "NAME", Description = "The model; all of them by default.", Arity = ArgumentArity.ZeroOrOne };
        CompleteNames(name, store);
        var json = JsonOption("an array of objects");
        var command = new Command("verify", "Read every file of a model again and name those that have changed since it was installed; exits 1 if any has.") { name, json };
        command.SetAction((parsed, cancellation) => Task.Run(() => Verify(store(), parsed.GetValue(name), parsed.GetValue(json), Terminal.Of(parsed), cancellation), cancellation));
        return command;
    }

    private static int Verify(ModelStore store, string? name, bool json, Terminal terminal, CancellationToken cancellation)
    {
        var reports = new List<VerifyReport>();
        foreach (var each in name is null ? store.Names() : [name])
        {
            var damaged = store.Verify(each, cancellation);
            reports.Add(new VerifyReport(each, damaged.Count == 0, damaged));
            if (json) continue;
            terminal.Output.WriteLine($"{Terminal.Clean(each)}: {(damaged.Count == 0 ? "ok" : terminal.Red("damaged"))}");
            foreach (var file in damaged) terminal.WriteLine($"  {file.Name}: {file.Reason}");
        }
        if (json) WriteJson(terminal, reports, ModelsJson.Default.ListVerifyReport);
        var broken = reports.Where(report => !report.Ok).Select(report => report.Name).ToList();
        if (broken.Count == 0) return ExitCode.Ok;
        terminal.Note($"error: {string.Join(", ", broken)}: not what was installed. Pull or import again.");
        return ExitCode.Error;
    }
}
