using System.CommandLine;
using System.Text.Json.Nodes;
using Appliance.Config;
using Appliance.Config.Document;
using Appliance.Config.Secrets;
using Models;
using Models.Store;

namespace Appliance.Commands.Config;

/// <summary><c>appliance config</c>: what is configured, and how that is changed.</summary>
internal static partial class ConfigCommand
{
    private static readonly Argument<string> PathArgument = new("path") { HelpName = "PATH", Description = "Such as gateway.port, a.b[0].c or a[\"x.y\"].", CompletionSources = { _ => ConfigSchema.Leaves().Select(leaf => new System.CommandLine.Completions.CompletionItem($"{leaf.Path}")) } };

    /// <summary>The command with all its subcommands, working on the home folder.</summary>
    public static Command Create() => Create(() => HomeFolder.Path);

    /// <summary>The same, working on another home.</summary>
    internal static Command Create(Func<string> home) =>
        new("config", "Show, change and check the configuration, appliance.json in the home folder. A running server takes most changes in by itself.")
        {
            GetCommand(home), SetCommand(home), UnsetCommand(home), ValidateCommand(home), EditCommand(home), SchemaCommand(),
        };

    private static Command GetCommand(Func<string> home)
    {
        var path = new Argument<string?>("path") { HelpName = "PATH", Description = PathArgument.Description + " Everything where it is left out.", Arity = ArgumentArity.ZeroOrOne, CompletionSources = { _ => PathArgument.GetCompletions(System.CommandLine.Completions.CompletionContext.Empty) } };
        var json = new Option<bool>("--json") { Description = "Print JSON, texts in quotes too." };
        var command = new Command("get", "Show a setting as it is in force: command line aside, from variables, the file, or by default. Secrets are not shown.") { path, json };
        command.SetAction(parsed =>
        {
            var terminal = Terminal.Of(parsed);
            using var store = ConfigStore.Open(home(), null, terminal.Note);
            var wanted = ConfigPath.Parse(parsed.GetValue(path) ?? "");
            JsonNode? node = ConfigRedaction.Redact(store.Current.WithDefaults());
            foreach (var step in wanted.Steps) node = node switch { JsonObject o => o[step], JsonArray a when int.TryParse(step, out var i) && i >= 0 && i < a.Count => a[i], _ => null };
            if (node is null)
            {
                terminal.Note(ConfigSchema.Find(wanted) is null ? $"error: {Unknown(wanted)}" : $"{wanted} is not set.");
                return ExitCode.Error;
            }
            var isText = node is JsonValue value && value.GetValueKind() == System.Text.Json.JsonValueKind.String;
            terminal.Output.WriteLine(isText && !parsed.GetValue(json) ? Terminal.Clean((string)node!) : ConfigEdit.Format(node));
            return ExitCode.Ok;
        });
        return command;
    }

    private static Command SetCommand(Func<string> home)
    {
        var value = new Argument<string>("value") { HelpName = "VALUE", Description = "A word, a number, true, false or JSON; a list may be written with commas. For a secret better {\"env\": \"NAME\"} or {\"file\": \"PATH\"}." };
        var command = new Command("set", "Set a setting in the file. Comments and everything else in it stay as they are; a value that cannot be is refused.") { PathArgument, value };
        command.SetAction(parsed =>
        {
            var (terminal, path) = (Terminal.Of(parsed), ConfigPath.Parse(parsed.GetValue(PathArgument)!));
            var schema = Known(path);
            var node = ConfigOverride.Parse(schema, parsed.GetValue(value)!);
            Change(home(), terminal, document => ConfigEdit.Set(document, path, node));
            if (schema.IsSecret && SecretReference.Read(node, out _) is { Source: SecretSource.Inline })
                terminal.Note($"warning: the secret stands in the file itself now. {{\"file\": \"PATH\"}} or {{\"env\": \"NAME\"}} would keep it out of copies of the file.");
            return ExitCode.Ok;
        });
        return command;
    }

    private static Command UnsetCommand(Func<string> home)
    {
        var command = new Command("unset", "Take a setting out of the file, so that the default counts again.") { PathArgument };
        command.SetAction(parsed =>
        {
            var path = ConfigPath.Parse(parsed.GetValue(PathArgument)!);
            if (path.Steps.Count == 0) throw new ModelException("Name the setting to take out, such as gateway.port.");
            Change(home(), Terminal.Of(parsed), document => document.Find(path) is null ? throw new ModelException($"{path} is not set in the file.") : ConfigEdit.Remove(document, path));
            return ExitCode.Ok;
        });
        return command;
    }

    private static Command SchemaCommand()
    {
        var command = new Command("schema", "Print the JSON schema of the file, for editors: \"$schema\" in the file may name where it is kept.");
        command.SetAction(parsed =>
        {
            Terminal.Of(parsed).Output.WriteLine(ConfigEdit.Format(ConfigSchema.ToJson()));
            return ExitCode.Ok;
        });
        return command;
    }

    private static void Change(string home, Terminal terminal, Func<ConfigDocument, ConfigDocument> edit)
    {
        using var store = ConfigStore.Open(home);
        Tell(store.Edit(edit), store, terminal);
    }

    private static void Tell(ConfigChange change, ConfigStore store, Terminal terminal)
    {
        foreach (var issue in store.Current.Issues) terminal.Note($"warning: {issue}");
        if (change.Paths.Count == 0) terminal.Note("Nothing in force has changed.");
        foreach (var path in change.Paths)
        {
            var outdone = store.Current.Overrides.FirstOrDefault(o => o.Path.Equals(path));
            terminal.Note(outdone is null ? $"{path} is changed{(ConfigChange.NeedsRestart(path) ? "; a running server needs a restart for it" : "")}." : $"{path} is changed, but {outdone.Source} counts more.");
        }
    }

    private static SettingSchema Known(ConfigPath path) => path.Steps.Count > 0 && ConfigSchema.Find(path) is { } schema ? schema : throw new ModelException(Unknown(path));

    private static string Unknown(ConfigPath path)
    {
        var all = ConfigSchema.Leaves().Select(leaf => $"{leaf.Path}").ToList();
        return NearestName.Of($"{path}", all) is { } nearest ? $"There is no setting {path}. Did you mean {nearest}?" : $"There is no setting {path}. `appliance config schema` lists all.";
    }
}
