using System.CommandLine;
using System.Text.Json;
using Appliance.Config;
using Appliance.Config.Sections;
using Models.Store;
using Runtime.Agents;
using Runtime.Skills;

namespace Appliance.Commands.Skills;

/// <summary><c>appliance skills</c>: what the agent knows how to do, on the disk of this home; a running gateway sees every change.</summary>
internal static partial class SkillsCommand
{
    private static readonly Option<bool> Json = new("--json") { Description = "Print one JSON object." };
    private static readonly Option<string?> AgentOption = new("--agent") { Description = "The agent whose workspace counts; by default the first one.", HelpName = "ID" };
    private static readonly Argument<string> NameArgument = new("name") { HelpName = "NAME", Description = "The skill." };

    /// <summary>The command, working on the home folder.</summary>
    public static Command Create() => Create(() => HomeFolder.Path);

    /// <summary>The same, working on another home.</summary>
    internal static Command Create(Func<string> home) => new("skills", "What the agent knows how to do: list, info, install, remove, enable, disable, check, new. Folders with a SKILL.md (agentskills.io), or with a config.json and an index.js that Node runs in the sandbox.")
    {
        ListCommand(home), InfoCommand(home), InstallCommand(home), RemoveCommand(home), EnableCommand(home), DisableCommand(home), CheckCommand(home), NewCommand(home),
    };

    private static Command ListCommand(Func<string> home)
    {
        var command = new Command("list", "List skills, and why one cannot be used.") { AgentOption, Json };
        command.SetAction(parsed =>
        {
            var (terminal, book) = (Terminal.Of(parsed), Book(parsed, home()));
            var skills = book.List();
            if (parsed.GetValue(Json)) Print(terminal, new SkillListJson(book.WorkspaceFolder, book.UserFolder, [.. skills.Select(SkillJson.Of)]), SkillsJson.Default.SkillListJson);
            else terminal.WriteTable(["NAME", "FROM", "STATE", "WHAT FOR"], [.. skills.Select(s => new[] { s.Name, Place(s), s.WhyNot is null ? "ready" : s.WhyNot, FirstSentence(s.Manifest?.Description ?? "") })]);
            return ExitCode.Ok;
        });
        return command;
    }

    private static Command InfoCommand(Func<string> home)
    {
        var command = new Command("info", "Show a skill: what it needs, where it lies, what an agent reads.") { NameArgument, AgentOption, Json };
        command.SetAction(parsed =>
        {
            var (terminal, book) = (Terminal.Of(parsed), Book(parsed, home()));
            var name = parsed.GetValue(NameArgument)!;
            var skill = book.Find(name) ?? throw new SkillException($"There is no skill {name}. `appliance skills list` shows those there are.");
            if (parsed.GetValue(Json)) Print(terminal, SkillJson.Of(skill), SkillsJson.Default.SkillJson);
            else Show(terminal, skill);
            return ExitCode.Ok;
        });
        return command;
    }

    private static Command EnableCommand(Func<string> home) => ChangeCommand("enable", "Put a skill into use. One whose files changed, or that takes a bundled one's place, is confirmed as it is now.", home,
        (book, name) => book.Enable(name, DateTimeOffset.UtcNow.ToUnixTimeMilliseconds()));

    private static Command DisableCommand(Func<string> home) => ChangeCommand("disable", "Put a skill out of use, for all agents. It stays on the disk.", home, (book, name) => book.Disable(name));

    private static Command ChangeCommand(string verb, string description, Func<string> home, Func<SkillBook, string, Skill> change)
    {
        var command = new Command(verb, description) { NameArgument, AgentOption, Json };
        command.SetAction(parsed =>
        {
            var (terminal, skill) = (Terminal.Of(parsed), change(Book(parsed, home()), parsed.GetValue(NameArgument)!));
            if (parsed.GetValue(Json)) Print(terminal, SkillJson.Of(skill), SkillsJson.Default.SkillJson);
            else terminal.WriteLine($"{skill.Name}: {skill.WhyNot ?? "ready"}");
            return ExitCode.Ok;
        });
        return command;
    }

    private static Command RemoveCommand(Func<string> home)
    {
        var command = new Command("remove", "Remove a skill from the disk. Bundled ones can be disabled.") { NameArgument, AgentOption };
        command.SetAction(parsed =>
        {
            Terminal.Of(parsed).WriteLine($"removed {Book(parsed, home()).Remove(parsed.GetValue(NameArgument)!)}");
            return ExitCode.Ok;
        });
        return command;
    }

    private static Command CheckCommand(Func<string> home)
    {
        var folder = new Argument<string?>("folder") { HelpName = "FOLDER", Description = "A skill's folder, checked as strictly as agentskills.io has it; without it all skills of this box.", Arity = ArgumentArity.ZeroOrOne };
        var command = new Command("check", "Say what is wrong with a skill, or with those of this box. Exit code 1 where something is.") { folder, AgentOption, Json };
        command.SetAction(parsed =>
        {
            var (terminal, given) = (Terminal.Of(parsed), parsed.GetValue(folder));
            var folders = given is not null ? [given] : Book(parsed, home()).Folders().ToArray();
            var results = folders.Select(f => new SkillCheckJson(f, SkillCheck.Problems(f))).ToArray();
            if (parsed.GetValue(Json)) Print(terminal, new SkillChecksJson(results.All(r => r.Problems.Count == 0), results), SkillsJson.Default.SkillChecksJson);
            else foreach (var result in results) terminal.WriteLine(result.Problems.Count == 0 ? $"{result.Folder}: good" : $"{result.Folder}: {string.Join(" ", result.Problems)}");
            if (results.Length == 0) terminal.Note("There are no skills beside the bundled ones.");
            return results.All(r => r.Problems.Count == 0) ? ExitCode.Ok : ExitCode.Error;
        });
        return command;
    }

    private static Command NewCommand(Func<string> home)
    {
        var description = new Option<string?>("--description") { Description = "What it is for and when to use it: all an agent sees of it before.", HelpName = "TEXT" };
        var place = new Option<string?>("--in") { Description = "The folder to make it in; by default the agent's workspace.", HelpName = "FOLDER" };
        var command = new Command("new", "Make a skill to begin with.") { NameArgument, description, place, AgentOption };
        command.SetAction(parsed =>
        {
            var folder = SkillCheck.Create(parsed.GetValue(place) ?? Book(parsed, home()).WorkspaceFolder, parsed.GetValue(NameArgument)!, parsed.GetValue(description));
            Terminal.Of(parsed).WriteLine($"{folder}/SKILL.md");
            return ExitCode.Ok;
        });
        return command;
    }

    private static SkillBook Book(ParseResult parsed, string home)
    {
        var config = ConfigStore.Open(home);
        var agents = new AgentBook(home, AgentConfig.All(config.Config), TimeProvider.System, config.Current.IsSet);
        return (parsed.GetValue(AgentOption) is not { } id ? agents.Default : agents.Find(id) ?? throw new SkillException($"There is no agent {id}.")).Skills;
    }

    private static void Show(Terminal terminal, Skill skill)
    {
        Row("name", skill.Name);
        Row("state", skill.WhyNot ?? "ready");
        Row("from", skill.Source == SkillSource.Bundled ? "the program" : skill.Folder);
        if (skill.Pin is { } pin) Row("confirmed", $"{When.At(pin.AtMs)}, from {pin.Source}, {pin.Hash[..16]}…");
        if (skill.Manifest is not { } manifest) return;
        Row("what for", manifest.Description);
        if (manifest.Program is { } program) foreach (var (label, text) in program.Lines()) Row(label, text);
        if (!manifest.Needs.IsNothing) Row("needs", manifest.Needs.ToString());
        if (manifest.Compatibility is { } compatibility) Row("says", compatibility);
        if (manifest.License is { } license) Row("license", license);
        if (manifest.AllowedTools.Count > 0) Row("tools", $"{string.Join(", ", manifest.AllowedTools)} (it is given none by that)");
        terminal.WriteLine();
        terminal.WritePiece(manifest.Body + "\n");

        void Row(string label, string value) => terminal.WriteLine($"{label,-10}  {value}");
    }

    // What there is to say of a program, of one that is installed as of one that would be.
    private static void Print<T>(Terminal terminal, T value, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type) => terminal.WriteJson(JsonSerializer.SerializeToElement(value, type));

    private static string Place(Skill skill) => skill.Source switch { SkillSource.Workspace => "workspace", SkillSource.User => "home", _ => "bundled" };

    private static string FirstSentence(string text) => text.IndexOf(". ", StringComparison.Ordinal) is var end and > 0 ? text[..end] : text.TrimEnd('.');
}
