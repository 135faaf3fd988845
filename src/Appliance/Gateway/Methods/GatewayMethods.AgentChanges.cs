using System.Text.Json.Nodes;
using Appliance.Config;
using Appliance.Config.Document;
using Appliance.Config.Sections;
using Appliance.Gateway.Identity;
using Appliance.Gateway.Protocol;
using Models;
using Runtime.Agents;
using Runtime.Sessions;

namespace Appliance.Gateway.Methods;

// Agents come and go with the section agents of the configuration, whoever writes it.
internal sealed partial class GatewayMethods
{
    private const int MostAgents = 100;
    private static readonly ConfigPath AgentsPath = Appliance.Config.Document.ConfigPath.Root.With("agents");

    private IEnumerable<GatewayMethod> AgentChanges =>
    [
        GatewayMethod.Of("agents.create", Scope.Admin, CreateAgent),
        GatewayMethod.Of("agents.update", Scope.Admin, UpdateAgent),
        new GatewayMethod("agents.delete", Scope.Admin, DeleteAgentAsync),
    ];

    /// <summary>Brings the agents of the configuration into force.</summary>
    public void AgentsChanged(ConfigChange change)
    {
        if (change.Paths.Any(path => path.Steps is ["agents" or "reflexes" or "sessions", ..])) _context.Agents.Set(AgentConfig.All(change.After.Config));
    }

    private byte[] CreateAgent(GatewayCall call)
    {
        var name = call.Params.Text("name", 128);
        var id = IdOf(name);
        if (!SessionKey.IsAgent(id)) throw GatewayException.Invalid($"{Cut(name, 80)} is no name for an agent: it needs a letter or digit to begin with, and up to 64 of them");
        if (_context.Agents.Find(id) is not null) throw GatewayException.Invalid($"agent \"{id}\" already exists");
        if (_context.Agents.All.Count >= MostAgents) throw GatewayException.Unavailable($"There are {MostAgents} agents already. Delete some to make another.");
        EditAgent(id, new JsonObject { ["name"] = name == id ? null : name, ["workspace"] = WorkspaceIn(call), ["model"] = ModelIn(call) });
        var agent = _context.Agents.Find(id) ?? throw GatewayException.Unavailable($"The agent {id} is in {ConfigPath}, but something that counts more leaves it out.");
        return FrameWriter.Payload(to => to.Add("ok", true).Add("agentId", id).Add("name", agent.Name).Add("workspace", agent.Workspace).Add("model", agent.Settings.Model));
    }

    private byte[] UpdateAgent(GatewayCall call)
    {
        var agent = RequireAgent(call.Params.Text("agentId"));
        var patch = new JsonObject();
        if (call.Params.OptionalText("name", 128) is { } name) patch["name"] = name;
        if (WorkspaceIn(call) is { } workspace) patch["workspace"] = workspace;
        if (call.Params.Names("model")) patch["model"] = ModelIn(call);
        if (patch.Count > 0) EditAgent(agent.Id, patch);
        // Another workspace is another memory.
        if (patch.ContainsKey("workspace")) _context.Memory.Close(agent.Id);
        return FrameWriter.Payload(to => to.Add("ok", true).Add("agentId", agent.Id));
    }

    /// <summary>Its turns are stopped. Its files stay, or are set aside where that is asked for: nothing that was said is lost by it.</summary>
    private async Task<byte[]?> DeleteAgentAsync(GatewayCall call)
    {
        var agent = RequireAgent(call.Params.Text("agentId"));
        if (agent == _context.Agents.Default) throw GatewayException.Invalid($"agent \"{agent.Id}\" cannot be deleted: it is the one that is always there");
        _context.Config.Edit(document => ConfigEdit.Remove(document, AgentsPath.With(agent.Id)));
        var turns = _context.Turns.Active.Where(turn => SessionKey.Agent(turn.Session.Key) == agent.Id).ToArray();
        foreach (var turn in turns) turn.Abort();
        await Task.WhenAll(turns.Select(turn => turn.Result)).WaitAsync(TimeSpan.FromSeconds(10), call.Connection.Gone);
        _context.Memory.Close(agent.Id);
        var aside = call.Params.OptionalFlag("deleteFiles") == true ? _context.Agents.SetAside(agent.Id) : null;
        return FrameWriter.Payload(to => to
            .Add("ok", true).Add("agentId", agent.Id).Add("removedBindings", 0).Add("removed", aside is null ? null : [new RemovedFiles(aside)]));
    }

    private void EditAgent(string id, JsonObject values)
    {
        try
        {
            var path = AgentsPath.With(id);
            // An agent with nothing set is one all the same.
            _context.Config.Edit(document => ConfigEdit.Merge(document.Find(path) is null ? ConfigEdit.Set(document, path, new JsonObject()) : document, new JsonObject { ["agents"] = new JsonObject { [id] = values } }));
        }
        catch (ModelException e)
        {
            throw GatewayException.Invalid(e.Message);
        }
    }

    private string? ModelIn(GatewayCall call) => call.Params.OptionalText("model") is { Length: > 0 } named ? FindModel(named) : null;

    private static string? WorkspaceIn(GatewayCall call) => call.Params.OptionalText("workspace", 1024) is { Length: > 0 } workspace ? workspace : null;

    private static string IdOf(string name) =>
        string.Join('-', name.ToLowerInvariant().Split([.. name.ToLowerInvariant().Where(c => !char.IsAsciiLetterOrDigit(c) && c is not '_')], StringSplitOptions.RemoveEmptyEntries));

    /// <summary>The agent of that id, or the default one where none is named.</summary>
    /// <exception cref="GatewayException">There is no such agent.</exception>
    private Agent RequireAgent(string? id)
    {
        if (id is null) return _context.Agents.Default;
        return _context.Agents.Find(id)
            ?? throw new GatewayException(ErrorCode.InvalidRequest, $"unknown agent id: {Cut(id, 80)}") { Details = new(DetailCode.UnknownAgentId) { AgentId = Cut(id, 80) } };
    }

    private sealed record RemovedFiles(string Path) : IPayload
    {
        public void Write(PayloadWriter to) => to.Add("path", Path).Add("method", "trash");
    }
}
