using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Appliance.Client;
using Appliance.Config;
using Appliance.Config.Document;
using Appliance.Config.Sections;
using Appliance.Gateway.Identity;
using Models;
using Models.Store;
using Runtime.Mcp;
using Runtime.Sandbox;
using Runtime.Tools;

namespace Appliance.Commands.Mcp;

/// <summary><c>appliance mcp</c>: servers of the Model Context Protocol, on the disk of this home; a running gateway sees every change.</summary>
internal static partial class McpCommand
{
    private static readonly Option<bool> Json = new("--json") { Description = "Print one JSON object." };
    private static readonly Argument<string> NameArgument = new("name") { HelpName = "NAME", Description = "The server." };
    private static readonly ConfigPath Servers = ConfigPath.Parse("mcp.servers");

    /// <summary>The command, working on the home folder.</summary>
    public static Command Create() => Create(() => HomeFolder.Path);

    /// <summary>The same, working on another home.</summary>
    internal static Command Create(Func<string> home) => new("mcp", "MCP servers whose tools agents may call: list, add, remove, test, tools. Programs run in the sandbox; what a tool says of itself is approved, and again where it changes.")
    {
        ListCommand(home), AddCommand(home), RemoveCommand(home), TestCommand(home), ToolsCommand(home),
    };

    private static Command ListCommand(Func<string> home)
    {
        var command = new Command("list", "List servers with the tools that were approved, and how a running gateway is connected to them. Starts none.") { Json };
        command.SetAction(async (parsed, cancellation) =>
        {
            var (terminal, folder) = (Terminal.Of(parsed), home());
            using var store = ConfigStore.Open(folder);
            await using var book = Book(folder, terminal);
            book.Set(McpServerConfig.All(store.Config, folder));
            var status = book.Status().ToDictionary(s => s.Name, StringComparer.Ordinal);
            var running = await AskGatewayAsync(folder, cancellation);
            var rows = store.Config.Mcp.Servers.Select(s => (Name: s.Key, Server: s.Value, Status: status.GetValueOrDefault(s.Key), Connection: running?.GetValueOrDefault(s.Key))).ToList();
            if (parsed.GetValue(Json)) Print(terminal, new JsonObject { ["servers"] = new JsonArray([.. rows.Select(r => ToJson(r.Name, r.Server, r.Status, ("connection", Connection(r.Connection)), ("connectionProblem", Member(r.Connection, "problem"))))]) });
            else if (rows.Count == 0) terminal.Note("There are no MCP servers. Add one: `appliance mcp add NAME -- COMMAND ARGUMENT…`, or `--url https://…`.");
            else terminal.WriteTable(["NAME", "STATE", "CONNECTION", "TOOLS", "WHERE"], [.. rows.Select(r => new[] { r.Name, State(r.Server, r.Status), Member(r.Connection, "problem") ?? Connection(r.Connection) ?? (running is null ? "no gateway runs" : "-"), $"{r.Status?.Tools.Count ?? 0}", Where(r.Server) })]);
            return ExitCode.Ok;
        });
        return command;
    }

    private static Command RemoveCommand(Func<string> home)
    {
        var command = new Command("remove", "Take a server out of the configuration, and what was approved of it. Its folder stays.") { NameArgument };
        command.SetAction(async parsed =>
        {
            var (terminal, folder, name) = (Terminal.Of(parsed), home(), parsed.GetValue(NameArgument)!);
            using var store = ConfigStore.Open(folder);
            Find(store, name);
            store.Edit(document => ConfigEdit.Remove(document, Servers.With(name)));
            await using var book = Book(folder, terminal);
            book.Forget(name);
            terminal.WriteLine($"removed {name}");
            return ExitCode.Ok;
        });
        return command;
    }

    private static Command TestCommand(Func<string> home)
    {
        var call = new Option<string?>("--call") { Description = "A tool to call too, as the server names it. Nobody is asked: it is you who calls.", HelpName = "TOOL" };
        var arguments = new Option<string?>("--arguments") { Description = "The arguments of the call, a JSON object.", HelpName = "JSON" };
        var command = new Command("test", "Start a server, or reach it, and list its tools; with --call, call one. Exit code 1 where that fails.") { NameArgument, call, arguments, Json };
        command.SetAction(async (parsed, cancellation) =>
        {
            var (terminal, folder, name) = (Terminal.Of(parsed), home(), parsed.GetValue(NameArgument)!);
            using var store = ConfigStore.Open(folder);
            await using var book = Book(folder, terminal);
            var server = Find(store, name);
            book.Set([server.ToSettings(name, folder)]);
            var began = TimeProvider.System.GetTimestamp();
            var (tools, status) = await book.ListAsync(name, cancellation);
            var took = TimeProvider.System.GetElapsedTime(began);
            if (parsed.GetValue(call) is { } tool)
            {
                var result = await book.CallAsync(name, tool, ToolArguments.Parse(parsed.GetValue(arguments) ?? "{}"), cancellation);
                if (parsed.GetValue(Json)) Print(terminal, new JsonObject { ["name"] = name, ["tool"] = tool, ["ok"] = !result.IsError, ["text"] = result.Text });
                else terminal.WritePiece(result.Text + "\n");
                return result.IsError ? ExitCode.Error : ExitCode.Ok;
            }
            if (parsed.GetValue(Json)) Print(terminal, ToJson(name, server, status, ("ok", true), ("milliseconds", (long)took.TotalMilliseconds)));
            else terminal.WriteLine($"{name}: good, {status.Says}, {tools.Count} tools, {took.TotalMilliseconds:0} ms");
            if (status.Withheld.Count > 0) terminal.Note($"Not as they were approved: {string.Join(", ", status.Withheld)}. Look: `appliance mcp tools {name}`.");
            return ExitCode.Ok;
        });
        return command;
    }

    private static McpServerConfig Find(ConfigStore store, string name) =>
        store.Config.Mcp.Servers.GetValueOrDefault(name) ?? throw new McpException($"There is no MCP server {name}. `appliance mcp list` shows those there are.");

    private static McpBook Book(string home, Terminal terminal) =>
        new(home, Outbound.In(home), new CommandSandbox(), null, terminal.Note, TimeProvider.System);

    /// <summary>How the home's running gateway stands with its servers, by their names; null where none runs, or it does not say.</summary>
    private static async Task<IReadOnlyDictionary<string, JsonElement>?> AskGatewayAsync(string home, CancellationToken cancellation)
    {
        try
        {
            await using var client = await GatewayClient.ConnectAsync(GatewayTarget.Find(home, null, null), [Scope.Read], cancellation);
            var answer = await client.RequestAsync("mcp.status", cancellation: cancellation);
            return answer.GetProperty("servers").EnumerateArray().ToDictionary(server => server.GetProperty("name").GetString()!, StringComparer.Ordinal);
        }
        catch (ModelException)
        {
            return null;
        }
    }

    private static string? Connection(JsonElement? running) => Member(running, "connection");

    private static string? Member(JsonElement? running, string name) => running is { ValueKind: JsonValueKind.Object } server && server.TryGetProperty(name, out var value) ? value.GetString() : null;

    private static string Where(McpServerConfig server) => server.Url ?? string.Join(' ', [server.Command!, .. server.Args ?? []]);

    private static string State(McpServerConfig server, McpServerStatus? status) =>
        !server.Enabled ? "off" : status?.Problem is { } problem ? problem : status is { Tools.Count: 0, Unusable.Count: 0 } ? "not listed yet" : "ready";

    private static JsonObject ToJson(string name, McpServerConfig server, McpServerStatus? status, params (string Name, JsonNode? Value)[] more)
    {
        var json = new JsonObject
        {
            ["name"] = name,
            ["enabled"] = server.Enabled,
            ["transport"] = server.Url is null ? "stdio" : "streamable-http",
            ["where"] = Where(server),
            ["network"] = server.Url is not null || server.Network,
            ["tools"] = Texts(status?.Tools),
            ["withheld"] = Texts(status?.Withheld),
            ["unusable"] = Texts(status?.Unusable),
            ["problem"] = status?.Problem,
        };
        foreach (var (key, value) in more) json[key] = value;
        return json;
    }

    private static JsonArray Texts(IEnumerable<string>? texts) => new([.. (texts ?? []).Select(text => (JsonNode)text)]);

    private static void Print(Terminal terminal, JsonObject value) => terminal.WriteJson(JsonElement.Parse(value.ToJsonString()));
}
