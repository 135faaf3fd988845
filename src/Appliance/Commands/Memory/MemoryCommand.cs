using System.CommandLine;
using System.Text.Json;
using Appliance.Client;
using Appliance.Gateway.Identity;
using Appliance.Gateway.Protocol;

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
        return new Command("memory", "What an agent remembers, in Markdown files you may edit: search, add, status, reindex.")
        {
            Request("search", "Find what fits best.", "memory.search", Scope.Read, [query, limit],
                (parsed, to) => to.Add("query", parsed.GetValue(query)).Add("maxResults", parsed.GetValue(limit)), (terminal, answer) =>
                {
                    foreach (var hit in answer.Items("results"))
                    {
                        terminal.WriteLine($"{hit.Text("path")}:{hit.Number("startLine")}-{hit.Number("endLine")}");
                        foreach (var line in (hit.Text("snippet") ?? "").Split('\n').Where(line => line.Length > 0)) terminal.WriteLine($"    {line}");
                    }
                    if (!answer.Items("results").Any()) terminal.Note("Nothing in memory fits.");
                }),
            Request("add", "Remember something.", "memory.write", Scope.Write, [text, lasting],
                (parsed, to) => to.Add("text", parsed.GetValue(text)).Add("lasting", parsed.GetValue(lasting)), (terminal, answer) => terminal.WriteLine($"written to {answer.Text("path")}")),
            Request("status", "Show where memory is and how much there is.", "memory.status", Scope.Read, [], null, (terminal, answer) =>
            {
                terminal.WriteLine($"agent      {answer.Text("agentId")}");
                terminal.WriteLine($"files      {answer.Number("files")} in {answer.Text("workspace")}");
                terminal.WriteLine($"pieces     {answer.Number("chunks")}");
                terminal.WriteLine($"vectors    {answer.Text("provider")}, {answer.Number("dimensions")} dimensions");
            }),
            Request("reindex", "Read every file again. Needed only where a clock or a restored backup hides changes.", "memory.refresh", Scope.Write, [], null,
                (terminal, answer) => terminal.WriteLine($"{answer.Number("chunks")} pieces")),
        };
    }

    private static Command Request(
        string name, string description, string method, string scope, Symbol[] symbols, Action<ParseResult, PayloadWriter>? parameters, Action<Terminal, JsonElement> show)
    {
        var agent = new Option<string?>("--agent") { Description = "The agent's id; by default the first.", HelpName = "ID" };
        return GatewayRequest.Create(name, description, method, scope, [.. symbols, agent], (parsed, to) =>
        {
            if (parsed.GetValue(agent) is { } id) to.Add("agentId", id);
            parameters?.Invoke(parsed, to);
        }, (_, terminal, answer) => show(terminal, answer));
    }

    private static Argument<string> Text(string name, string helpName, string description) => new(name) { HelpName = helpName, Description = description };
}
