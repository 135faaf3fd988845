using System.CommandLine;
using System.Text;
using Appliance.Client;
using Appliance.Gateway.Identity;
using Models;

namespace Appliance.Commands.Sessions;

internal static partial class SessionsCommand
{
    private static Command ExportCommand()
    {
        var key = KeyArgument();
        var format = new Option<string>("--format") { Description = "markdown, for people, or jsonl, one message a line.", HelpName = "FORMAT", DefaultValueFactory = _ => "markdown" };
        format.AcceptOnlyFromAmong("markdown", "jsonl");
        var file = new Option<string?>("--output", "-o") { Description = "File to write; standard output where it is left out. One that is there is not touched.", HelpName = "PATH" };
        var command = new Command("export", "Write a whole session as Markdown or JSON Lines.") { key, format, file };
        var gateway = new GatewayArguments(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            await using var client = await gateway.ConnectAsync(parsed, cancellation, Scope.Read);
            var answer = await client.RequestAsync("sessions.get", to => to.Add("key", parsed.GetValue(key)), cancellation);
            var messages = answer.Items("messages").ToArray();
            if (messages.Length == 0) throw new ModelException($"There is no session {parsed.GetValue(key)}, or nothing was said in it. `appliance sessions list` names them.");
            var text = new StringBuilder();
            if (gateway.Json(parsed) || parsed.GetValue(format) == "jsonl") foreach (var message in messages) text.Append(message.GetRawText()).Append('\n');
            else foreach (var message in messages) text.Append($"## {message.Text("role")}, {When.At(message.Number("timestamp"))}\n\n{TextOf(message)}\n\n");

            if (parsed.GetValue(file) is not { } path)
            {
                // What a model wrote cannot steer the terminal; into a file or a pipe it goes as it is.
                var terminal = Terminal.Of(parsed);
                if (ReferenceEquals(terminal.Output, Console.Out) && !Console.IsOutputRedirected) foreach (var line in text.ToString().Split('\n')) terminal.WriteLine(line);
                else await terminal.Output.WriteAsync(text, cancellation);
                return ExitCode.Ok;
            }
            try
            {
                var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
                if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
                await using var output = new FileStream(path, options);
                await output.WriteAsync(Encoding.UTF8.GetBytes(text.ToString()), cancellation);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new ModelException($"Cannot write {path}: {e.Message}", e);
            }
            Terminal.Of(parsed).Note($"{messages.Length} messages written to {path}");
            return ExitCode.Ok;
        });
        return command;
    }
}
