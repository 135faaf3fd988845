using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization;
using Appliance.Config;
using Appliance.Config.Sections;
using Appliance.Gateway;
using Models;
using Models.Store;
using Models.Tokens;
using Runtime.Agents;
using Runtime.Context;
using Runtime.Sessions;
using Runtime.Tools;
using Runtime.Workspaces;

namespace Appliance.Commands.Context;

/// <summary><c>context show</c>: what a model would be told, and what each piece of it costs. Nothing is loaded and nothing is sent.</summary>
internal static class ContextCommand
{
    /// <summary>The command, working on the home folder.</summary>
    public static Command Create() => Create(() => HomeFolder.Path);

    /// <summary>The same, working on another home.</summary>
    internal static Command Create(Func<string> home)
    {
        var text = new Argument<string>("text") { HelpName = "TEXT", Description = "What would be said.", DefaultValueFactory = _ => "hello" };
        var model = new Option<string?>("--model") { Description = "The model that would be told; by default the one that is used when none is named.", HelpName = "NAME" };
        var session = new Option<string?>("--session") { Description = "The conversation it would be said in; by default a new one.", HelpName = "KEY" };
        var json = new Option<bool>("--json") { Description = "Print one object." };
        var show = new Command("show", "Show the pieces of a prompt and their tokens.") { text, model, session, json };
        show.SetAction(parsed =>
        {
            var report = Report(home(), parsed.GetValue(text)!, parsed.GetValue(model), parsed.GetValue(session));
            var terminal = Terminal.Of(parsed);
            if (parsed.GetValue(json)) terminal.WriteJson(JsonSerializer.SerializeToElement(report, ContextJson.Default.ContextReport));
            else
            {
                terminal.WriteTable(["PIECE", "KIND", "TOKENS"], [.. report.Lines.Select(l => (string[])[l.Name, l.Kind, $"{l.Tokens:N0}"]), ["in all", "", $"{report.Total:N0}"]]);
                terminal.WriteLine($"The model takes {report.Window:N0} tokens with the answer.");
            }
            return ExitCode.Ok;
        });
        return new Command("context", "Look at what the agent tells its model.") { show };
    }

    private static ContextReport Report(string home, string text, string? name, string? sessionKey)
    {
        var store = ConfiguredModels.In(home);
        var model = store.Get(name);
        var config = ConfigStore.Open(home);
        var agents = new AgentBook(home, AgentConfig.All(config.Config), TimeProvider.System, config.Current.IsSet);
        var agent = sessionKey is null ? agents.Default : agents.Of(SessionKey.Normalize(sessionKey)) ?? throw new ModelException($"There is no agent {SessionKey.Agent(sessionKey)}.");
        AgentFiles.Prepare(agent);
        var tools = new ToolRunner(GatewayTools.ToShow(agents, home, config.Config.Hardware.ToSettings()), agents.Policy());
        var transcript = sessionKey is null ? [] : agent.Sessions.Find(SessionKey.Normalize(sessionKey))?.Read() ?? throw new ToolException($"There is no conversation {sessionKey}.");
        return ContextReport.Make(
            agent, tools.For(agent.Id, null, null), transcript, text,
            (Tokenizer.FromFolder(model.Folder), ChatTemplate.FromFolder(model.Folder), GenAiConfig.Read(model.Folder).Model.ContextLength), TimeProvider.System);
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ContextReport))]
internal sealed partial class ContextJson : JsonSerializerContext;
