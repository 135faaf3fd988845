using System.CommandLine;
using System.Text.Json.Nodes;
using Appliance.Config;
using Appliance.Config.Document;
using Appliance.Config.Sections;
using Models;
using Models.Store;
using Runtime.Mcp;

namespace Appliance.Commands.Mcp;

internal static partial class McpCommand
{
    private static Command AddCommand(Func<string> home)
    {
        var words = new Argument<string[]>("command") { HelpName = "COMMAND", Description = "The program and its arguments, after --.", Arity = ArgumentArity.ZeroOrMore };
        var url = new Option<string?>("--url") { Description = "The address of a server elsewhere (Streamable HTTP), in place of a program.", HelpName = "URL" };
        var env = new Option<string[]>("--env") { Description = "A variable the program gets: NAME=VALUE, or NAME for the gateway's own of that name. Again for more.", HelpName = "NAME[=VALUE]" };
        var header = new Option<string[]>("--header") { Description = "A header of every request: NAME=VALUE. Again for more.", HelpName = "NAME=VALUE" };
        var tokenEnv = new Option<string?>("--token-env") { Description = "The variable that holds the bearer token.", HelpName = "NAME" };
        var tokenFile = new Option<string?>("--token-file") { Description = "The file that holds the bearer token.", HelpName = "PATH" };
        var cwd = new Option<string?>("--cwd") { Description = "The folder the program runs in and may write to; one of its own without it.", HelpName = "PATH" };
        var folders = new Option<string[]>("--folder") { Description = "A further folder the program may read. Again for more.", HelpName = "PATH" };
        var network = new Option<bool>("--network") { Description = "Let the program have the network." };
        var allow = new Option<string[]>("--allow") { Description = "A tool to take; all without it. Again for more; names may end in *.", HelpName = "TOOL" };
        var deny = new Option<string[]>("--deny") { Description = "A tool not to take. Again for more.", HelpName = "TOOL" };
        var timeout = new Option<string?>("--timeout") { Description = "How long a call may take: 60s, 5m.", HelpName = "TIME" };
        var unstarted = new Option<bool>("--no-start") { Description = "Write it down without starting it; its tools are approved when it is first listed." };
        var command = new Command("add", "Add a server: it is started once, its tools are shown and approved, and it is written into the configuration. Where that fails nothing is.")
        {
            NameArgument, words, url, env, header, tokenEnv, tokenFile, cwd, folders, network, allow, deny, timeout, unstarted, Json,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            var (terminal, folder, name) = (Terminal.Of(parsed), HomeFolder.EnsureFolder(home()), parsed.GetValue(NameArgument)!);
            using var store = ConfigStore.Open(folder);
            if (store.Config.Mcp.Servers.ContainsKey(name)) throw new McpException($"There is an MCP server {name} already. Remove it first, or change it: `appliance config edit`.");
            var program = parsed.GetValue(words) ?? [];
            var entry = new JsonObject();
            if (program.Length > 0) entry["command"] = program[0].StartsWith('.') ? Path.GetFullPath(program[0]) : program[0];
            if (program.Length > 1) entry["args"] = Texts(program.Skip(1));
            if (parsed.GetValue(url) is { } address) entry["url"] = address;
            if (parsed.GetValue(cwd) is { } place) entry["cwd"] = Path.GetFullPath(place);
            if (parsed.GetValue(folders) is { Length: > 0 } readable) entry["folders"] = Texts(readable.Select(Path.GetFullPath));
            if (parsed.GetValue(network)) entry["network"] = true;
            if (parsed.GetValue(timeout) is { } limit) entry["timeout"] = limit;
            if (Pairs(parsed.GetValue(env)) is { } variables) entry["env"] = variables;
            if (Pairs(parsed.GetValue(header)) is { } headers) entry["headers"] = headers;
            if (parsed.GetValue(tokenEnv) is { } variable) entry["token"] = new JsonObject { ["env"] = variable };
            if (parsed.GetValue(tokenFile) is { } file) entry["token"] = new JsonObject { ["file"] = Path.GetFullPath(file) };
            var tools = new JsonObject();
            if (parsed.GetValue(allow) is { Length: > 0 } taken) tools["allow"] = Texts(taken);
            if (parsed.GetValue(deny) is { Length: > 0 } refused) tools["deny"] = Texts(refused);
            if (tools.Count > 0) entry["tools"] = tools;

            var next = store.Check(ConfigEdit.Set(store.Current.Document ?? ConfigEdit.Empty, Servers.With(name), entry));
            if (!next.IsValid) throw new ModelException(string.Join("\n", next.Issues.Where(issue => !issue.IsWarning)));
            McpServerConfig server = next.Config.Mcp.Servers[name];
            await using var book = Book(folder, terminal);
            book.Set([server.ToSettings(name, folder)]);
            if (!parsed.GetValue(unstarted))
            {
                // What was approved of an earlier one of that name says nothing of this one.
                book.Forget(name);
                var (found, status) = await book.ListAsync(name, cancellation);
                if (!parsed.GetValue(Json)) foreach (var tool in found) Show(terminal, tool, status.Unusable);
            }
            store.Edit(document => ConfigEdit.Set(document, Servers.With(name), entry.DeepClone()));
            if (parsed.GetValue(Json)) Print(terminal, ToJson(name, server, book.Status()[0]));
            else terminal.Note($"Added {name}. Agents of the profile assistant can call its tools as {name}__TOOL.");
            return ExitCode.Ok;
        });
        return command;
    }

    private static JsonObject? Pairs(string[]? texts)
    {
        if (texts is not { Length: > 0 }) return null;
        var pairs = new JsonObject();
        foreach (var text in texts)
        {
            var equals = text.IndexOf('=');
            if (equals < 0) pairs[text] = new JsonObject { ["env"] = text };
            else pairs[text[..equals]] = text[(equals + 1)..];
        }
        return pairs;
    }
}
