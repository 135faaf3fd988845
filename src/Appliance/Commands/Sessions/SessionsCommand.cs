using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Appliance.Client;
using Appliance.Gateway.Identity;

namespace Appliance.Commands.Sessions;

/// <summary><c>appliance sessions</c>: conversations that the gateway keeps.</summary>
internal static partial class SessionsCommand
{
    /// <summary>The command with all its subcommands.</summary>
    public static Command Create() => new("sessions", "List, show, search, export, reset and delete the conversations that the gateway keeps.")
    {
        ListCommand(), ShowCommand(), SearchCommand(), ExportCommand(), ResetCommand(), DeleteCommand(),
    };

    private static Command ListCommand()
    {
        var limit = new Option<int>("--limit") { Description = "At most so many, the latest first.", HelpName = "N", DefaultValueFactory = _ => 50 };
        var active = new Option<int?>("--active") { Description = "Those in which something happened within so many minutes.", HelpName = "MINUTES" };
        return GatewayRequest.Create("list", "List the sessions, the latest first.", "sessions.list", Scope.Read, [limit, active],
            (parsed, to) => to.Add("limit", parsed.GetValue(limit)).Add("activeMinutes", parsed.GetValue(active)).Add("includeDerivedTitles", true),
            (_, terminal, answer) =>
            {
                var rows = answer.Items("sessions").Select(row => new[]
                {
                    row.Text("key") ?? "", Shorten(row.Text("label") ?? row.Text("derivedTitle") ?? "-"), row.Text("status") ?? "-",
                    (row.Number("totalTokens") ?? 0).ToString("N0", CultureInfo.InvariantCulture), row.Text("model") ?? "-", When.Ago(row.Number("updatedAt")),
                }).ToArray();
                if (rows.Length == 0) terminal.Note("There are no sessions yet. `appliance agent --message TEXT` begins one.");
                else terminal.WriteTable(["KEY", "TITLE", "STATE", "TOKENS", "MODEL", "LAST"], rows);
            });
    }

    private static Command ShowCommand()
    {
        var key = KeyArgument();
        var limit = new Option<int>("--limit") { Description = "At most so many messages, the latest.", HelpName = "N", DefaultValueFactory = _ => 20 };
        return GatewayRequest.Create("show", "Show the last messages of a session.", "chat.history", Scope.Read, [key, limit],
            (parsed, to) => to.Add("sessionKey", parsed.GetValue(key)).Add("limit", parsed.GetValue(limit)),
            (_, terminal, answer) =>
            {
                if (answer.Flag("hasMore")) terminal.Note("(there is more before this: --limit, or sessions export)");
                foreach (var message in answer.Items("messages")) WriteMessage(terminal, message);
            });
    }

    private static Command SearchCommand()
    {
        var query = new Argument<string>("query") { HelpName = "TEXT", Description = "Words to look for." };
        var limit = new Option<int>("--limit") { Description = "At most so many hits, the best first.", HelpName = "N", DefaultValueFactory = _ => 10 };
        return GatewayRequest.Create("search", "Search in what was said, in all sessions.", "sessions.search", Scope.Read, [query, limit],
            (parsed, to) => to.Add("query", parsed.GetValue(query)).Add("limit", parsed.GetValue(limit)),
            (_, terminal, answer) =>
            {
                var hits = answer.Items("results").ToArray();
                if (hits.Length == 0) terminal.Note("Nothing was found.");
                foreach (var hit in hits)
                {
                    terminal.WriteLine($"{hit.Text("sessionKey")}  {hit.Text("role")}, {When.At(hit.Number("timestamp"))}");
                    terminal.WriteLine($"    {hit.Text("snippet")?.ReplaceLineEndings(" ")}");
                }
            });
    }

    private static Command ResetCommand()
    {
        var key = KeyArgument();
        return GatewayRequest.Create("reset", "Begin a session anew; what was said before is kept in a file and not read any more.", "sessions.reset", Scope.Admin, [key],
            (parsed, to) => to.Add("key", parsed.GetValue(key)), (_, terminal, answer) => terminal.WriteLine($"reset {answer.Text("key")}"));
    }

    private static Command DeleteCommand()
    {
        var key = KeyArgument();
        return GatewayRequest.Create("delete", "Delete a session; its file is kept under another name and not read any more.", "sessions.delete", Scope.Admin, [key],
            (parsed, to) => to.Add("key", parsed.GetValue(key)),
            (_, terminal, answer) => terminal.WriteLine(answer.Flag("deleted") ? $"deleted {answer.Text("key")}" : $"there was no session {answer.Text("key")}"));
    }

    private static Argument<string> KeyArgument() => new("key") { HelpName = "KEY", Description = "The session's key, such as agent:main:main, or main for short." };

    private static void WriteMessage(Terminal terminal, JsonElement message)
    {
        terminal.Output.WriteLine(terminal.Bold($"{message.Text("role")}  {When.At(message.Number("timestamp"))}"));
        foreach (var line in TextOf(message).Split('\n')) terminal.WriteLine(line);
        terminal.WriteLine();
    }

    private static string TextOf(JsonElement message) =>
        message.Text("content") ?? string.Join("\n", message.Items("content").Select(block => block.Text("text") ?? $"[{block.Text("type")}]"));

    private static string Shorten(string text) => text.Length <= 40 ? text : text[..39] + "…";
}
