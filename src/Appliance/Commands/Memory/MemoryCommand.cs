using System.CommandLine;
using System.Text.Json;
using Appliance.Client;
using Appliance.Gateway.Identity;

namespace Appliance.Commands.Memory;

/// <summary><c>appliance memory</c>: what the agents remember.</summary>
internal static class MemoryCommand
{
    /// <summary>The command with all its subcommands.</summary>
    public static Command Create()
    {
        var (query, text) = (Text("query", "QUERY", "What to look for."), Text("text", "TEXT", "What to remember, one line."));
        var limit = new Option<int>("--limit") { Description = "Most pieces to show.", HelpName = "N", DefaultValueFactory = _ => 5 };
        var lasting = new Option<bool>("--lasting") { Description = "Write it to MEMORY.md (what always holds), not to today's notes." };
        var (gone, yes) = (Text("text", "TEXT", "What the lines contain; at least three letters."), new Option<bool>("--yes", "-y") { Description = "Do it. Without this the lines are shown and nothing is removed." });
        return new Command("memory", "What an agent remembers, in Markdown files you may edit: search, add, forget, distill, status, reindex.")
        {
            GatewayRequest.OfAgent("search", "Find what fits best.", "memory.search", Scope.Read, [query, limit],
                (parsed, to) => to.Add("query", parsed.GetValue(query)).Add("maxResults", parsed.GetValue(limit)), (terminal, answer) =>
                {
                    foreach (var hit in answer.Items("results"))
                    {
                        terminal.WriteLine($"{hit.Text("path")}:{hit.Number("startLine")}-{hit.Number("endLine")}");
                        foreach (var line in (hit.Text("snippet") ?? "").Split('\n').Where(line => line.Length > 0)) terminal.WriteLine($"    {line}");
                    }
                    if (!answer.Items("results").Any()) terminal.Note("Nothing in memory fits.");
                }),
            GatewayRequest.OfAgent("add", "Remember something.", "memory.write", Scope.Write, [text, lasting],
                (parsed, to) => to.Add("text", parsed.GetValue(text)).Add("lasting", parsed.GetValue(lasting)), (terminal, answer) => terminal.WriteLine($"written to {answer.Text("path")}")),
            GatewayRequest.OfAgent("forget", "Remove every line that contains a text, from the files, the archive and the index. Nothing brings it back.", "memory.forget", Scope.Write, [gone, yes],
                (parsed, to) => to.Add("text", parsed.GetValue(gone)).Add("dryRun", !parsed.GetValue(yes)), ShowForgotten),
            GatewayRequest.OfAgent("distill", "Put what matters of past days into MEMORY.md now, as it is done at night. Notes stay.", "memory.distill", Scope.Write, [], null,
                (terminal, answer) => terminal.WriteLine($"{answer.Number("days")} days distilled, {answer.Number("archived")} archived, {answer.Number("tokens")} tokens")),
            GatewayRequest.OfAgent("status", "Show where memory is and how much there is.", "memory.status", Scope.Read, [], null, (terminal, answer) =>
            {
                terminal.WriteLine($"agent      {answer.Text("agentId")}");
                terminal.WriteLine($"files      {answer.Number("files")} in {answer.Text("workspace")}");
                terminal.WriteLine($"pieces     {answer.Number("chunks")}");
                terminal.WriteLine($"vectors    {answer.Text("provider")}, {answer.Number("dimensions")} dimensions");
                var night = answer.GetProperty("distilling").GetBoolean() ? "at night" : "only by hand: there is no model, or memory.distill is off";
                terminal.WriteLine($"distilled  {(answer.Text("distilledThrough") is { } through ? $"through {through}" : "never")}, {night}");
            }),
            GatewayRequest.OfAgent("reindex", "Read every file again. Needed only where a clock or a restored backup hides changes.", "memory.refresh", Scope.Write, [], null,
                (terminal, answer) => terminal.WriteLine($"{answer.Number("chunks")} pieces")),
        };
    }

    private static void ShowForgotten(Terminal terminal, JsonElement answer)
    {
        foreach (var file in answer.Items("files"))
        {
            terminal.WriteLine(file.Text("path") ?? "");
            foreach (var line in file.Items("lines")) terminal.WriteLine($"    {line.GetString()}");
        }
        if (!answer.Items("files").Any()) terminal.Note("Nothing in memory has that text.");
        else if (answer.GetProperty("dryRun").GetBoolean()) terminal.Note("Nothing was removed. Say --yes to remove these lines.");
        else terminal.Note("Removed, and gone from the index. Conversations, backups and what the disk keeps of old files are as they were.");
    }

    private static Argument<string> Text(string name, string helpName, string description) => new(name) { HelpName = helpName, Description = description };
}
