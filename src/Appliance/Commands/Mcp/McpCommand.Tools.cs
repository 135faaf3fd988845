using System.CommandLine;
using System.Text.Json.Nodes;
using Appliance.Config;
using Runtime.Approvals;
using Runtime.Mcp.Definitions;

namespace Appliance.Commands.Mcp;

internal static partial class McpCommand
{
    private static Command ToolsCommand(Func<string> home)
    {
        var approve = new Option<bool>("--approve") { Description = "Approve them as they are now: you have read what changed." };
        var command = new Command("tools", "Show what a server's tools say of themselves, and what of it is not as it was approved. It is started for that.") { NameArgument, approve, Json };
        command.SetAction(async (parsed, cancellation) =>
        {
            var (terminal, folder, name) = (Terminal.Of(parsed), home(), parsed.GetValue(NameArgument)!);
            using var store = ConfigStore.Open(folder);
            await using var book = Book(folder, terminal);
            book.Set([Find(store, name).ToSettings(name, folder)]);
            var (tools, status) = await book.ListAsync(name, cancellation);
            var change = book.Change(name);
            if (parsed.GetValue(approve)) await book.ApproveAsync(name, cancellation);
            var isApproved = parsed.GetValue(approve) || change.Waiting.Count == 0;
            if (parsed.GetValue(Json))
            {
                Print(terminal, new JsonObject
                {
                    ["name"] = name,
                    ["approved"] = isApproved,
                    ["tools"] = new JsonArray([.. tools.Select(t => ToJson(t, isApproved || !change.Waiting.Contains(t), status.Unusable))]),
                    ["gone"] = Texts(change.Gone),
                });
                return ExitCode.Ok;
            }
            foreach (var tool in tools) Show(terminal, tool, status.Unusable);
            if (change.Gone.Count > 0) terminal.WriteLine($"gone: {string.Join(", ", change.Gone)}");
            if (change.Waiting.Count > 0)
            {
                terminal.WriteLine();
                foreach (var line in change.ToText().Split('\n', StringSplitOptions.RemoveEmptyEntries)) terminal.WriteLine(DisplayText.Escape(line));
                terminal.Note(isApproved ? "Approved as they are now." : $"These wait for your word: `appliance mcp tools {name} --approve`.");
            }
            return ExitCode.Ok;
        });
        return command;
    }

    private static void Show(Terminal terminal, ToolDefinition tool, IReadOnlyList<string> unusable)
    {
        var note = unusable.Contains(tool.Name) ? " (cannot be offered to a model: its name or arguments)" : tool.SaysItReads ? " (says that it only reads)" : "";
        terminal.Output.WriteLine($"{terminal.Bold(DisplayText.Escape(tool.Name))}{note}");
        terminal.WriteLine($"    {DisplayText.Escape(tool.Description)}");
    }

    private static JsonObject ToJson(ToolDefinition tool, bool isApproved, IReadOnlyList<string> unusable) => new()
    {
        ["name"] = tool.Name,
        ["description"] = tool.Description,
        ["inputSchema"] = JsonNode.Parse(tool.Schema),
        ["readOnly"] = tool.SaysItReads,
        ["hash"] = tool.Hash,
        ["approved"] = isApproved,
        ["usable"] = !unusable.Contains(tool.Name),
    };
}
