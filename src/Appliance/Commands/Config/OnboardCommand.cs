using System.CommandLine;
using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Appliance.Config;
using Appliance.Config.Document;
using Appliance.Config.Secrets;
using Appliance.Gateway.Identity;
using Models.Store;

namespace Appliance.Commands.Config;

/// <summary><c>appliance onboard</c>: a few questions, and the configuration that follows. Nothing needs it: without a file there are defaults.</summary>
internal static class OnboardCommand
{
    private const string TokenName = "GATEWAY_TOKEN";

    /// <summary>The command, working on the home folder and asking on standard input.</summary>
    public static Command Create() => Create(() => HomeFolder.Path, Console.In);

    /// <summary>The same, working on another home and other answers.</summary>
    internal static Command Create(Func<string> home, TextReader answers)
    {
        var bind = new Option<string?>("--bind") { HelpName = "ADDRESS", Description = "Where to listen: loopback, or an address such as 0.0.0.0, for which a token is made." };
        var port = new Option<int?>("--port", "-p") { HelpName = "N", Description = "Port to listen on." };
        var model = new Option<string?>("--model", "-m") { HelpName = "NAME", Description = "The model that answers when none is named." };
        var silent = new Option<bool>("--non-interactive") { Description = "Ask nothing: what no option says stays as it is." };
        var command = new Command("onboard", "Set this box up by a few questions. Needed for nothing: the defaults work, and `appliance config set` does the same one by one.") { bind, port, model, silent };
        command.SetAction(parsed =>
        {
            var terminal = Terminal.Of(parsed);
            using var store = ConfigStore.Open(home());
            var asks = !parsed.GetValue(silent);
            var config = store.Config;
            var chosenBind = parsed.GetValue(bind) ?? (asks ? AskBind(terminal, answers, config.Gateway.Bind) : null);
            var chosenPort = parsed.GetValue(port) ?? (asks ? AskPort(terminal, answers, config.Gateway.Port) : null);
            var chosenModel = parsed.GetValue(model) ?? (asks ? AskModel(terminal, answers, new ModelStore(store.Home).List(), config.Models.Default) : null);
            Apply(store, terminal, chosenBind, chosenPort, chosenModel);
            return ExitCode.Ok;
        });
        return command;
    }

    private static void Apply(ConfigStore store, Terminal terminal, string? bind, int? port, string? model)
    {
        var values = new List<(string Path, JsonNode Value)>();
        string? token = null;
        if (bind is not null)
        {
            values.Add(("gateway.bind", bind));
            if (IPAddress.TryParse(bind, out var address) && !IPAddress.IsLoopback(address) && store.Config.Gateway.Token is null)
            {
                token = Secret.New();
                values.Add(("gateway.token", new JsonObject { ["file"] = $"secrets/{TokenName}" }));
            }
        }
        if (port is { } number) values.Add(("gateway.port", number));
        if (model is not null) values.Add(("models.default", model));
        if (values.Count > 0)
        {
            // The secret first: a configuration that names one that is not there would not start.
            if (token is not null) SecretFiles.Set(store.Home, TokenName, token);
            store.Edit(document => values.Aggregate(document, (edited, value) => ConfigEdit.Set(edited, ConfigPath.Parse(value.Path), value.Value)));
            terminal.WriteLine($"{store.Path} is written.");
        }
        else terminal.WriteLine("Nothing was changed.");
        if (token is not null) terminal.WriteLine($"gateway token, also in {System.IO.Path.Combine(store.Home, "secrets", TokenName)}: {token}");
        terminal.WriteLine(new ModelStore(store.Home).Newest(ModelKind.Decoder) is null
            ? "Next: `appliance models recommend` names models that fit this machine, `appliance serve` starts the gateway, `appliance chat` talks."
            : "Next: `appliance serve` starts the gateway, `appliance chat` talks.");
    }

    private static string? AskBind(Terminal terminal, TextReader answers, string now)
    {
        var isOpen = IPAddress.TryParse(now, out var address) && !IPAddress.IsLoopback(address);
        var answer = Ask(terminal, answers, $"Who may reach the gateway: this machine only (1), or the network with a token (2)? [{(isOpen ? "2" : "1")}]", text => text is "1" or "2" ? null : "1 or 2");
        return answer switch { "1" => isOpen ? "loopback" : null, "2" => isOpen ? null : "0.0.0.0", _ => null };
    }

    private static int? AskPort(Terminal terminal, TextReader answers, int now)
    {
        var answer = Ask(terminal, answers, $"Port? [{now}]", text => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var n) && n <= 65535 ? null : "a number up to 65535");
        return answer is null || int.Parse(answer, CultureInfo.InvariantCulture) == now ? null : int.Parse(answer, CultureInfo.InvariantCulture);
    }

    private static string? AskModel(Terminal terminal, TextReader answers, IReadOnlyList<InstalledModel> models, string? now)
    {
        var names = models.Where(m => m.Manifest.Kind == ModelKind.Decoder).Select(m => m.Manifest.Name).ToList();
        if (names.Count < 2) return null;
        return Ask(terminal, answers, $"Which model answers: {string.Join(", ", names)}? [{now ?? "the newest"}]", text => names.Contains(text) ? null : $"one of {string.Join(", ", names)}");
    }

    // An empty line, or the end of the input, keeps what is.
    private static string? Ask(Terminal terminal, TextReader answers, string question, Func<string, string?> fault)
    {
        while (true)
        {
            terminal.Error.Write(Terminal.Clean(question) + " ");
            if (answers.ReadLine()?.Trim() is not { Length: > 0 } answer) return null;
            if (fault(answer) is not { } expected) return answer;
            terminal.Note($"Please answer {expected}, or nothing to keep it.");
        }
    }
}
