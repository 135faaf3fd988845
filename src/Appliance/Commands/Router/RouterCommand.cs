using System.CommandLine;
using System.Text.Json;
using Appliance.Config;
using Models;
using Models.Routing.Execution;
using Models.Store;

namespace Appliance.Commands.Router;

/// <summary><c>appliance router</c>: who answers, why, and what another policy would have done. Asks no model and sends nothing.</summary>
internal static class RouterCommand
{
    /// <summary>The command, working on the home folder.</summary>
    public static Command Create() => Create(() => HomeFolder.Path);

    /// <summary>The same, working on another home.</summary>
    internal static Command Create(Func<string> home) => new("router", "Look at who answers where models elsewhere are named under models.targets.") { RouterStatus.Create(home), RouterLog.Create(home), RouterExplain.Create(home), Replay(home), RouterSimulate.Create(home) };

    private static Command Replay(Func<string> home)
    {
        var log = new Argument<string?>("log") { HelpName = "LOG", Description = "The decisions; those of this box by default.", Arity = ArgumentArity.ZeroOrOne };
        var policy = new Option<string?>("--policy") { Description = "An appliance.json whose section router is tried; the one in force by default.", HelpName = "FILE" };
        var json = new Option<bool>("--json") { Description = "Print one object." };
        var command = new Command("replay", "Decide again what was decided, by another policy, and compare: who answers, what it costs, what leaves the box.") { log, policy, json };
        command.SetAction(parsed =>
        {
            var tried = ConfigOf(home(), parsed.GetValue(policy)).Router.ToPolicy();
            var replay = RouterReplay.Of(parsed.GetValue(log) is { } path ? RouteLog.Read(path) : RouteLog.ReadAll(home()), tried);
            var terminal = Terminal.Of(parsed);
            if (parsed.GetValue(json)) terminal.WriteJson(JsonElement.Parse(replay.ToJson().ToJsonString()));
            else terminal.WriteTable(["", "THEN", "NOW"], replay.Rows());
            return ExitCode.Ok;
        });
        return command;
    }

    /// <summary>The configuration of a home, or of a file that is tried.</summary>
    internal static ApplianceConfig ConfigOf(string home, string? file)
    {
        if (file is null)
        {
            using var config = ConfigStore.Open(home);
            return config.Config;
        }
        byte[] text;
        try { text = File.ReadAllBytes(file); }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException) { throw new ModelException($"{file} cannot be read: {e.Message}", e); }
        var state = ConfigState.Read(text, []);
        return state.IsValid ? state.Config : throw new ModelException(string.Join("\n", state.Issues.Where(issue => !issue.IsWarning)));
    }
}
