using System.CommandLine;
using System.Text;
using System.Text.Json;
using Appliance.Client;
using Appliance.Commands.Approvals;
using Appliance.Gateway.Identity;
using Models;

namespace Appliance.Commands.Chat;

/// <summary><c>appliance agent</c>: one turn of the agent through the running gateway, in a session that is kept.</summary>
internal static class AgentCommand
{
    private static readonly TimeSpan AbortPatience = TimeSpan.FromSeconds(2);

    /// <summary>The command.</summary>
    /// <param name="home">The home folder; the configured one where it is left out.</param>
    /// <param name="typed">Who answers what the agent asks meanwhile; whoever sits at the terminal where it is left out.</param>
    public static Command Create(Func<string>? home = null, TypedLines? typed = null)
    {
        var message = new Option<string?>("--message", "-m") { Description = "What to say; where it is left out, standard input, and on a terminal a conversation.", HelpName = "TEXT" };
        var session = new Option<string?>("--session", "-s") { Description = "The session to say it in; main where it is left out.", HelpName = "KEY" };
        var timeout = new Option<int?>("--timeout") { Description = "Stop the answer after so many seconds.", HelpName = "SECONDS" };
        var later = new Option<bool>("--when-online") { Description = "Let it wait until models elsewhere can be reached, and be answered then, in the session; `appliance outbox` shows it." };
        var command = new Command("agent", "Talk with the agent through the running gateway, in a session that is kept; the answer streams. What needs a yes is asked for on a terminal. Ctrl-C stops it, in the gateway too.") { message, session, timeout, later };
        var gateway = new GatewayArguments(command, home);
        command.SetAction(async (parsed, cancellation) =>
        {
            var (key, seconds, terminal) = (parsed.GetValue(session) ?? "main", parsed.GetValue(timeout), Terminal.Of(parsed));
            var (text, json) = (parsed.GetValue(message), gateway.Json(parsed));
            var person = typed ?? (Console.IsInputRedirected || json ? null : TypedLines.Console);
            if (text is null && !Console.IsInputRedirected && !parsed.GetValue(later))
            {
                await using var partner = await gateway.ConnectAsync(parsed, cancellation, DialogueScopes);
                return await TalkAsync(partner, $"session {key}", key, seconds, terminal, person);
            }
            text ??= await Console.In.ReadToEndAsync(cancellation);
            if (string.IsNullOrWhiteSpace(text)) throw new ModelException("There is nothing to say. Give it with --message TEXT, or on standard input.");
            if (parsed.GetValue(later))
            {
                await using var taker = await gateway.ConnectAsync(parsed, cancellation, Scope.Write);
                var taken = await taker.RequestAsync("outbox.add", to => to.Add("sessionKey", key).Add("message", text).Add("idempotencyKey", Guid.NewGuid().ToString()), cancellation);
                if (json) terminal.WriteJson(taken);
                else terminal.WriteLine($"it waits as {taken.Text("id")}");
                return ExitCode.Ok;
            }
            // Where nobody looks on, nobody waits for a yes: what needs one is refused at once.
            await using var client = await gateway.ConnectAsync(parsed, cancellation, person is null ? [Scope.Write] : [Scope.Write, Scope.Approvals, Scope.Questions]);
            return await SayAsync(client, text, key, seconds, json, terminal, person, cancellation);
        });
        return command;
    }

    /// <summary>What a dialogue needs.</summary>
    public static string[] DialogueScopes { get; } = [Scope.Write, Scope.Admin, Scope.Approvals, Scope.Questions];

    /// <summary>Talks with the agent until the person leaves.</summary>
    /// <param name="client">A connection with <see cref="DialogueScopes"/>.</param>
    /// <param name="partner">Who answers, for the first line.</param>
    /// <param name="session">The session to talk in.</param>
    /// <param name="timeout">Seconds an answer may take; null leaves it to the gateway.</param>
    /// <param name="terminal">Where the answers go.</param>
    /// <param name="person">Who says yes to what needs it; null where nobody can.</param>
    public static Task<int> TalkAsync(GatewayClient client, string partner, string session, int? timeout, Terminal terminal, TypedLines? person) => Dialogue.RunAsync(
        partner, (line, stop) => SayAsync(client, line, session, timeout, false, terminal, person, stop), () => client.RequestAsync("sessions.reset", to => to.Add("key", session)));

    private static async Task<int> SayAsync(GatewayClient client, string text, string session, int? timeout, bool json, Terminal terminal, TypedLines? person, CancellationToken cancellation)
    {
        var runId = Guid.NewGuid().ToString();
        await using var answers = client.RequestTwiceAsync(
            "agent", to => to.Add("message", text).Add("idempotencyKey", runId).Add("sessionKey", session).Add("timeout", timeout), cancellation).GetAsyncEnumerator(cancellation);
        try
        {
            await answers.MoveNextAsync();
            var said = json ? "" : await StreamAsync(client, runId, terminal, person, cancellation);
            if (await answers.MoveNextAsync()) Finish(answers.Current, json, said, terminal);
            return ExitCode.Ok;
        }
        catch (OperationCanceledException)
        {
            // The gateway would go on without its caller: it is told.
            using var patience = new CancellationTokenSource(AbortPatience);
            await client.RequestAsync("chat.abort", to => to.Add("sessionKey", session).Add("runId", runId), patience.Token);
            if (!json) terminal.Note(" [stopped]");
            return ExitCode.Interrupted;
        }
    }

    /// <summary>Writes the answer as it comes; gives what was written.</summary>
    private static async Task<string> StreamAsync(GatewayClient client, string runId, Terminal terminal, TypedLines? person, CancellationToken cancellation)
    {
        await using var asking = person is null ? null : new Asking(client, terminal, person);
        var said = new StringBuilder();
        await foreach (var happened in client.EventsAsync(cancellation))
        {
            asking?.Hear(happened, runId);
            if (happened.Name != "chat" || happened.Payload.Text("runId") != runId) continue;
            if (happened.Payload.Text("deltaText") is { } delta)
            {
                said.Append(delta);
                terminal.WritePiece(delta);
            }
            if (happened.Payload.Text("state") is "final" or "aborted" or "error") break;
        }
        return said.ToString();
    }

    private static void Finish(JsonElement answer, bool json, string said, Terminal terminal)
    {
        if (json)
        {
            terminal.WriteJson(answer);
            return;
        }
        // What has no pieces (an answer that was known already) comes whole.
        if (said.Length == 0) terminal.WritePiece(string.Join("\n", answer.Member("result").Items("payloads").Select(payload => payload.Text("text"))));
        terminal.WriteLine();
        if (answer.Text("status") is { } status and not "ok") terminal.Note($"[{status}]");
    }
}
