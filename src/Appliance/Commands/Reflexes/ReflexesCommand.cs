using System.CommandLine;
using System.Text.Json;
using Appliance.Client;
using Appliance.Gateway.Identity;
using Models;
using Runtime.Reflexes;

namespace Appliance.Commands.Reflexes;

/// <summary><c>appliance reflexes</c>: what is answered at once, without a model.</summary>
internal static class ReflexesCommand
{
    /// <summary>The command with its subcommands.</summary>
    public static Command Create()
    {
        var (text, phrase, action) = (Text("text", "TEXT", "What somebody could say."), Text("phrase", "PHRASE", "What is said, a few words."), Text("action", "ACTION", "What it is taken for: a command that is a reflex, or a question for the agent."));
        return new Command("reflexes", "What is answered at once, without a model: list, offers, test, add, remove, enable, disable, show.")
        {
            GatewayRequest.OfAgent("list", "List them: what they call, and whether they are there.", "reflexes.list", Scope.Read, [], null, (terminal, answer) => Show(terminal, answer, _ => true)),
            GatewayRequest.OfAgent("offers", "List what could become a reflex, because it was answered the same three times. enable NAME makes it one, remove NAME does not.", "reflexes.list", Scope.Read, [], null,
                (terminal, answer) => Show(terminal, answer, row => row.Text("state") == "offered")),
            GatewayRequest.OfAgent("test", "Show what a text would call; nothing is done.", "reflexes.test", Scope.Read, [text], (parsed, to) => to.Add("text", parsed.GetValue(text)),
                (terminal, answer) => terminal.WriteLine(answer.Text("reflex") is { } name ? $"{name} ({answer.Text("source")}){(answer.Text("tool") is { } tool ? $", calls {tool}" : "")}" : "none: a model answers")),
            GatewayRequest.OfAgent("add", "Teach one: when PHRASE is said, ACTION is done.", "reflexes.add", Scope.Admin, [phrase, action],
                (parsed, to) => to.Add("phrase", parsed.GetValue(phrase)).Add("action", parsed.GetValue(action)), (terminal, answer) => terminal.WriteLine(answer.Text("name") ?? "")),
            Named("remove", "Remove one that was taught, or an offer.", "reflexes.remove", null, "removed"),
            Named("enable", "Turn one on again; an offer becomes a reflex.", "reflexes.set", true, "enabled"),
            Named("disable", "Turn one off.", "reflexes.set", false, "disabled"),
            ShowCommand(),
        };
    }

    private static void Show(Terminal terminal, JsonElement answer, Func<JsonElement, bool> isShown)
    {
        if (!answer.GetProperty("enabled").GetBoolean()) terminal.Note("Reflexes are turned off in the configuration (reflexes.enabled): a model answers everything.");
        foreach (var fault in answer.Items("faults")) terminal.Note(fault.GetString() ?? "");
        var rows = answer.Items("reflexes").Where(isShown).ToList();
        if (rows.Count == 0) terminal.Note("There are none.");
        else terminal.WriteTable(["NAME", "FROM", "STATE", "DOES"], [.. rows.Select(row => new[] { row.Text("name") ?? "", row.Text("source") ?? "", row.Text("state") ?? "", row.Text("says") is { } says ? $"\"{says}\"" : row.Text("tool") ?? "" })]);
    }

    private static Command ShowCommand()
    {
        var language = Text("language", "LANGUAGE", "en, de or zh.");
        var command = new Command("show", "Print the file of a language as it comes with the box, to change a copy of it in the agent's reflexes folder.") { language };
        command.SetAction(parsed => Terminal.Of(parsed).WriteLine(ReflexBook.TextOf(parsed.GetValue(language)!) ?? throw new ModelException($"There are no reflexes in {parsed.GetValue(language)}; there are en, de and zh.")));
        return command;
    }

    private static Command Named(string verb, string description, string method, bool? isEnabled, string done)
    {
        var name = Text("name", "NAME", "Its name, as list shows it.");
        return GatewayRequest.OfAgent(verb, description, method, Scope.Admin, [name], (parsed, to) => to.Add("name", parsed.GetValue(name)).Add("enabled", isEnabled), (terminal, _) => terminal.WriteLine(done));
    }

    private static Argument<string> Text(string name, string helpName, string description) => new(name) { HelpName = helpName, Description = description };
}
