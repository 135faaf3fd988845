using System.CommandLine;
using Appliance.Client;
using Appliance.Gateway.Identity;

namespace Appliance.Commands.Gateway;

/// <summary><c>appliance call METHOD [JSON]</c>: any method of the gateway, for what has no command of its own.</summary>
internal static class CallCommand
{
    public static Command Create(Func<string>? home = null)
    {
        var method = new Argument<string>("method") { HelpName = "METHOD", Description = "Such as sessions.list; `appliance call --list` prints all of them." };
        method.Arity = ArgumentArity.ZeroOrOne;
        var parameters = new Argument<string?>("params") { HelpName = "JSON", Description = "Its parameters, one JSON object; - reads them from standard input.", Arity = ArgumentArity.ZeroOrOne };
        var list = new Option<bool>("--list") { Description = "Print the methods this gateway has." };
        var command = new Command("call", "Call any method of the gateway and print its answer, which is JSON.") { method, parameters, list };
        command.Validators.Add(result =>
        {
            if (result.GetValue(method) is null == !result.GetValue(list)) result.AddError("call takes a METHOD, or --list alone.");
        });
        var gateway = new GatewayArguments(command, home);
        command.SetAction(async (parsed, cancellation) =>
        {
            var terminal = Terminal.Of(parsed);
            var json = JsonArgument.Object(parsed.GetValue(parameters) is "-" ? await Console.In.ReadToEndAsync(cancellation) : parsed.GetValue(parameters) ?? "{}");
            await using var client = await gateway.ConnectAsync(parsed, cancellation, [.. Scope.All]);
            if (!parsed.GetValue(list)) terminal.WriteJson(await client.RequestAsync(parsed.GetValue(method)!, json, cancellation));
            else if (gateway.Json(parsed)) terminal.WriteJson(client.Hello.Member("features").Member("methods"));
            else foreach (var name in client.Hello.Member("features").Texts("methods")) terminal.WriteLine(name);
            return ExitCode.Ok;
        });
        return command;
    }
}
