using System.CommandLine;
using Appliance.Client;
using Appliance.Gateway.Identity;

namespace Appliance.Commands.Agents;

/// <summary><c>appliance agents</c>: the agents of this box, each with a workspace and sessions of its own.</summary>
internal static class AgentsCommand
{
    /// <summary>The command with its subcommands.</summary>
    public static Command Create() => new("agents", "Agents of this box, each with a workspace and sessions of its own: list, add, remove. Asks the running gateway.")
    {
        List(), Add(), Remove(),
    };

    private static Command List() => GatewayRequest.Create("list", "List every agent with its model and workspace.", "agents.list", Scope.Read, [], null, (_, terminal, answer) =>
        terminal.WriteTable(["AGENT", "NAME", "MODEL", "WORKSPACE"], [.. answer.Items("agents").Select(a => new[]
        {
            a.Text("id") ?? "", a.Text("name") ?? "-", a.Member("model") is { ValueKind: System.Text.Json.JsonValueKind.Object } model ? model.Text("primary") ?? "-" : "-", a.Text("workspace") ?? "-",
        })]));

    private static Command Add()
    {
        var name = new Argument<string>("name") { HelpName = "NAME", Description = "What to call it; its id is the same in lower-case letters, digits and -." };
        var workspace = new Option<string?>("--workspace") { Description = "Full path of its workspace; a folder in its own where it is left out.", HelpName = "PATH" };
        var model = new Option<string?>("--model") { Description = "The model for its sessions; the box's where it is left out.", HelpName = "NAME" };
        return GatewayRequest.Create("add", "Add an agent. Talk with it: `appliance agent --session agent:ID:main`.", "agents.create", Scope.Admin, [name, workspace, model],
            (parsed, to) => to.Add("name", parsed.GetValue(name)).Add("workspace", parsed.GetValue(workspace)).Add("model", parsed.GetValue(model)),
            (_, terminal, answer) => terminal.WriteLine($"added {answer.Text("agentId")}, workspace {answer.Text("workspace")}"));
    }

    private static Command Remove()
    {
        var agent = new Argument<string>("agent") { HelpName = "ID", Description = "Its id, from `appliance agents list`." };
        var files = new Option<bool>("--files") { Description = "Set its workspace and conversations aside too, in a folder beside; without it they stay and an agent of the same id finds them again." };
        return GatewayRequest.Create("remove", "Remove an agent. What it is doing is stopped.", "agents.delete", Scope.Admin, [agent, files],
            (parsed, to) => to.Add("agentId", parsed.GetValue(agent)).Add("deleteFiles", parsed.GetValue(files)),
            (_, terminal, answer) => terminal.WriteLine($"removed {answer.Text("agentId")}"));
    }
}
