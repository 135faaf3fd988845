using System.Text;
using System.Text.Json;
using Appliance.Gateway.Identity;
using Appliance.Gateway.Methods.Wire;
using Appliance.Gateway.Protocol;
using Appliance.Hosting;
using Models;
using Runtime.Agents.Turns;
using Runtime.Sessions;

namespace Appliance.Gateway.Methods;

// Commands that are written as messages. They and their answers stand in the transcript and are not told to the model.
internal sealed partial class GatewayMethods
{
    private IEnumerable<GatewayMethod> CommandMethods =>
    [
        GatewayMethod.Of("commands.list", Scope.Read, _ => FrameWriter.Payload(new CommandList(Commands()))),
    ];

    private IReadOnlyList<CommandRow> Commands() => [.. SlashCommand.All.Where(c => !c.IsOwnersAlone && _table.GetValueOrDefault(c.Method)?.IsAdvertised == true)
        .Select(c => new CommandRow(c.Name, c.Description, c.Category, [$"/{c.Name}", .. c.Aliases.Select(a => $"/{a}")], c.Argument is { } argument ? [argument] : null, c.Argument is not null))];

    /// <summary>Runs a command for whoever may call its method.</summary>
    /// <param name="call">The call that brought it.</param>
    /// <param name="key">The session it was written in.</param>
    /// <param name="runId">The idempotency key.</param>
    /// <param name="text">The whole message.</param>
    /// <param name="command">What it is.</param>
    /// <param name="onAccepted">Called once it is on the disk.</param>
    /// <returns>The session and the answer; null where the same key was written before.</returns>
    /// <exception cref="GatewayException">The caller may not, and nothing was done or written.</exception>
    private async Task<(Session Session, SessionMessage Answer)?> RunCommandAsync(GatewayCall call, string key, string runId, string text, SlashCommand command, Action onAccepted)
    {
        if (_table.TryGetValue(command.Method, out var method)) method.Require(call.Principal);
        else call.Principal.Require(Scope.Admin);
        if (command.IsOwnersAlone)
        {
            call.Principal.Require(Scope.Admin);
            throw GatewayException.Unavailable($"/{command.Name} is not taken from a chat. Use the command line on the box.");
        }
        if (_context.Sessions.Find(key)?.Has(TurnRunner.InputKey(runId)) == true) return null;

        // A session that begins anew begins with the command.
        var anew = command.Method == "sessions.reset" ? await AnswerCommandAsync(call, key, text, command) : null;
        var session = _context.Sessions.GetOrCreate(key);
        var said = session.Add(Line(SessionMessage.User, text) with { IdempotencyKey = TurnRunner.InputKey(runId) });
        if (said is null) return null;
        onAccepted();
        Changed(session, "send");
        TellMessage(session, said);
        var answer = session.Add(Line(SessionMessage.Assistant, anew ?? await AnswerCommandAsync(call, key, text, command)) with { StopReason = "stop" })!;
        TellMessage(session, answer);
        var row = new ChatRow("assistant", [new TextBlock(answer.Text)], answer.Ts);
        _context.Hub.Broadcast("chat", FrameWriter.Payload(new ChatEvent(runId, key, 1, "final") { StopReason = "stop", Message = row }), session: key);
        Changed(session, "agent.input.settled");
        return (session, answer);

        SessionMessage Line(string role, string what) => new(Guid.NewGuid().ToString(), 0, _context.Now, role, what) { RunId = runId, OutOfContext = true };
    }

    private async Task<string> AnswerCommandAsync(GatewayCall call, string key, string text, SlashCommand command)
    {
        try
        {
            return await AnswerCommandAsync(new CommandCall(call, key, SlashCommand.ArgumentsOf(text)), command);
        }
        catch (Exception e) when (e is GatewayException or ModelException)
        {
            return $"⚠️ {e.Message}";
        }
    }

    private async Task<string> AnswerCommandAsync(CommandCall call, SlashCommand command)
    {
        var argument = call.Argument;
        switch (command.Name)
        {
            case "help": return string.Join('\n', Commands().Select(c => $"/{c.Name}{(c.Args is { } args ? $" <{args[0].Name}>" : "")} – {c.Description}"));
            case "status": return StatusText(call.Key);
            case "whoami": return WhoText(call.Of);
            case "usage": return UsageText(call.Key);
            case "models": return ListModels(null).Models is { Count: > 0 } models ? string.Join('\n', models.Select(m => $"{Provider}/{m.Id}")) : NoModel;
            case "new" or "reset":
                await CallAsync(call, command, to => to.Add("key", call.Key).Add("reason", command.Name));
                if (argument.Length > 0) await CallAsync(call, command with { Method = "sessions.patch" }, to => to.Add("key", call.Key).Add("model", argument));
                return "New session.";
            case "stop":
                var aborted = await CallAsync(call, command, to => to.Add("sessionKey", call.Key));
                return aborted.GetProperty("aborted").GetBoolean() ? "Stopped." : "Nothing is being answered here.";
            case "compact":
                var compacted = await CallAsync(call, command, to => to.Add("key", call.Key));
                return compacted.GetProperty("compacted").GetBoolean() ? "Compacted. The transcript keeps every word; the model is told a summary of the older part." : "There is nothing to compact yet.";
            case "name" when argument.Length == 0: return "Say how to name it: /name Plans";
            case "name":
                await CallAsync(call, command, to => to.Add("key", call.Key).Add("label", argument));
                return $"This session is {argument}.";
            case "model" when argument.Length == 0: return $"{ModelText(call.Key)}\n/models lists all; /model NAME chooses.";
            case "model":
                await CallAsync(call, command, to => to.Add("key", call.Key).Add("model", argument));
                return ModelText(call.Key);
            case "think":
                await CallAsync(call, command, to => to.Add("key", call.Key).Add("thinkingLevel", argument.Length == 0 ? "off" : argument));
                return "Thinking: off.";
            case "approve" when argument.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [var id, var decision]:
                await CallAsync(call, command, to => to.Add("id", id).Add("decision", decision));
                return $"{id}: {decision}.";
            default: return $"/{command.Name} {command.Argument?.Name}: {command.Argument?.Description}";
        }
    }

    /// <summary>Calls a method as the sender of a command: its scope is asked for again.</summary>
    private async Task<JsonElement> CallAsync(CommandCall call, SlashCommand command, Action<PayloadWriter> parameters)
    {
        var request = new RequestFrame(call.Of.Id, command.Method, JsonElement.Parse(FrameWriter.Payload(parameters)));
        return await AnswerAsync(call.Of.Connection, request) is { } payload ? JsonElement.Parse(payload) : default;
    }

    private string StatusText(string key)
    {
        var session = _context.Sessions.Find(key);
        var text = new StringBuilder($"Appliance {ProductVersion.Text} · up {TimeSpan.FromMilliseconds(_context.Hub.UptimeMs):d\\.hh\\:mm\\:ss}\n{ModelText(key)}\nSession: {key}");
        if (session is not null) text.Append($" · {session.MessageCount} messages");
        var active = _context.Turns.Active;
        text.Append($"\nAnswers being made: {active.Count(t => t.StartedAt > 0)}, waiting: {active.Count(t => t.StartedAt == 0)}");
        return session is null ? text.ToString() : text.Append('\n').Append(UsageText(key)).ToString();
    }

    private static string WhoText(GatewayCall call) =>
        $"{(call.Principal.DeviceId is { } device ? $"Device {device}" : "The owner")}, {call.Principal.Role}, with {(call.Principal.Scopes.Count > 0 ? string.Join(", ", call.Principal.Scopes) : "no scopes")}.";

    private string UsageText(string key)
    {
        if (_context.Sessions.Find(key) is not { } session) return "Nothing has been said here yet.";
        var (_, context) = ModelOf(session);
        return $"Tokens: {session.Tokens.Input} in, {session.Tokens.Output} out · context {session.LastTurnTokens}{(context is > 0 ? $" of {context} ({session.LastTurnTokens * 100 / context} %)" : "")}";
    }

    private string ModelText(string key) => (_context.Sessions.Find(key) is { } session ? ModelOf(session) : DefaultModel()).Name is { } model ? $"Model: {Provider}/{model}" : NoModel;

    /// <summary>A command as it runs.</summary>
    private sealed record CommandCall(GatewayCall Of, string Key, string Argument);
}
