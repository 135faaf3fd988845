using System.CommandLine;
using System.ComponentModel;
using System.Diagnostics;
using Appliance.Config;
using Appliance.Config.Document;
using Models;
using Models.Store;

namespace Appliance.Commands.Config;

internal static partial class ConfigCommand
{
    private static Command EditCommand(Func<string> home)
    {
        var command = new Command("edit", "Open the file in $VISUAL or $EDITOR. It is replaced when what was written can be used, and not before.");
        command.SetAction(parsed =>
        {
            var (terminal, folder) = (Terminal.Of(parsed), HomeFolder.EnsureFolder(home()));
            using var store = ConfigStore.Open(folder);
            // The copy has the secrets in it, so it lies where only its owner reads.
            var copy = Path.Combine(folder, $"appliance.edit-{Environment.ProcessId}.json");
            var before = File.Exists(store.Path) ? Read(store.Path) : ConfigEdit.Empty.Text.ToArray();
            try
            {
                DurableFile.Replace(copy, before);
                RunEditor(copy);
                var after = Read(copy);
                if (after.AsSpan().SequenceEqual(before))
                {
                    terminal.Note("Nothing was changed.");
                    File.Delete(copy);
                    return ExitCode.Ok;
                }
                var change = store.Replace(text => (text ?? ConfigEdit.Empty.Text.ToArray()).AsSpan().SequenceEqual(before) ? ConfigDocument.Parse(after) : throw new ConfigConflictException());
                File.Delete(copy);
                Tell(change, store, terminal);
                return ExitCode.Ok;
            }
            catch (ModelException e)
            {
                throw new ModelException($"{e.Message}\nThe configuration is as it was{(File.Exists(copy) ? $"; what you wrote is in {copy}" : "")}.", e);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new ModelException($"Cannot edit {store.Path}: {e.Message}", e);
            }
        });
        return command;
    }

    private static void RunEditor(string file)
    {
        var editor = ((string?[])["VISUAL", "EDITOR"]).Select(name => Environment.GetEnvironmentVariable(name!)).FirstOrDefault(text => !string.IsNullOrWhiteSpace(text)) ?? "vi";
        // "code --wait" is a program and its arguments; it is not given to a shell.
        var words = editor.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        try
        {
            using var process = Process.Start(new ProcessStartInfo(words[0], [.. words[1..], file]) { UseShellExecute = false })!;
            process.WaitForExit();
            if (process.ExitCode != 0) throw new ModelException($"{words[0]} ended with {process.ExitCode}.");
        }
        catch (Win32Exception e)
        {
            throw new ModelException($"Cannot run the editor {words[0]}: {e.Message}. Set EDITOR to one that is installed.", e);
        }
    }
}
