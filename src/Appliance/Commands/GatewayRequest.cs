using System.CommandLine;
using System.Text.Json;
using Appliance.Gateway.Protocol;

namespace Appliance.Commands;

/// <summary>A command that asks a gateway for one thing and shows the answer: most of them are.</summary>
internal static class GatewayRequest
{
    /// <summary>Makes the command.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="description">What it does, for <c>--help</c>.</param>
    /// <param name="method">The gateway's method.</param>
    /// <param name="scope">The scope that needs.</param>
    /// <param name="symbols">Its own arguments and options.</param>
    /// <param name="parameters">Writes the method's parameters; null where there are none.</param>
    /// <param name="show">Shows the answer to a person; a program gets it as it came.</param>
    public static Command Create(
        string name, string description, string method, string scope, Symbol[] symbols,
        Action<ParseResult, PayloadWriter>? parameters, Action<ParseResult, Terminal, JsonElement> show)
    {
        var command = new Command(name, description);
        foreach (var symbol in symbols)
        {
            if (symbol is Argument argument) command.Add(argument);
            else command.Add((Option)symbol);
        }
        var gateway = new GatewayArguments(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            await using var client = await gateway.ConnectAsync(parsed, cancellation, scope);
            var answer = await client.RequestAsync(method, to => parameters?.Invoke(parsed, to), cancellation);
            var terminal = Terminal.Of(parsed);
            if (gateway.Json(parsed)) terminal.WriteJson(answer);
            else show(parsed, terminal, answer);
            return ExitCode.Ok;
        });
        return command;
    }

    /// <summary>Makes one that is about an agent: <c>--agent</c> names another than the first.</summary>
    /// <inheritdoc cref="Create"/>
    public static Command OfAgent(
        string name, string description, string method, string scope, Symbol[] symbols, Action<ParseResult, PayloadWriter>? parameters, Action<Terminal, JsonElement> show)
    {
        var agent = new Option<string?>("--agent") { Description = "The agent's id; by default the first.", HelpName = "ID" };
        return Create(name, description, method, scope, [.. symbols, agent], (parsed, to) =>
        {
            if (parsed.GetValue(agent) is { } id) to.Add("agentId", id);
            parameters?.Invoke(parsed, to);
        }, (_, terminal, answer) => show(terminal, answer));
    }
}
