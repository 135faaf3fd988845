using System.Text;
using Appliance.Gateway.Identity;
using Appliance.Gateway.Identity.People;
using Appliance.Gateway.Methods.Wire;
using Appliance.Gateway.Protocol;
using Models;
using Runtime.Agents;
using Runtime.Memory.Files;

namespace Appliance.Gateway.Methods;

// The files an agent is made of, and its workspace to look at.
internal sealed partial class GatewayMethods
{
    private static readonly UTF8Encoding StrictUtf8 = new(false, true);

    private IEnumerable<GatewayMethod> AgentFiles =>
    [
        GatewayMethod.Of("agents.files.list", Scope.Read, ListFiles),
        GatewayMethod.Of("agents.files.get", Scope.Read, call => OfWorkspace(call, (id, workspace) =>
        {
            var name = call.Params.Text("name");
            return FrameWriter.Payload(to => to.Add("agentId", id).Add("workspace", workspace.Folder).Add("file", ToRow(workspace, name, workspace.ReadKnown(name), withContent: true)));
        })),
        GatewayMethod.Of("agents.files.set", Scope.Admin, SetFile),
        GatewayMethod.Of("agents.workspace.list", Scope.Read, ListWorkspace),
        GatewayMethod.Of("agents.workspace.get", Scope.Read, GetFromWorkspace),
    ];

    private byte[] ListFiles(GatewayCall call) => OfWorkspace(call, (id, workspace) =>
    {
        var files = AgentWorkspace.KnownFiles.Select(name => ToRow(workspace, name, workspace.ReadKnown(name), withContent: false)).ToArray();
        return FrameWriter.Payload(to => to.Add("agentId", id).Add("workspace", workspace.Folder).Add("files", files));
    });

    private byte[] SetFile(GatewayCall call) => OfWorkspace(call, (id, workspace) =>
    {
        var (name, content) = (call.Params.Text("name"), call.Params.LongText("content"));
        var file = workspace.WriteKnown(name, Encoding.UTF8.GetBytes(content), call.Params.OptionalText("expectedHash", 64));
        Audit($"{Who(call)} wrote {name} of agent {id}");
        return FrameWriter.Payload(to => to
            .Add("ok", true).Add("agentId", id).Add("workspace", workspace.Folder).Add("file", ToRow(workspace, name, file, withContent: false)));
    });

    private byte[] ListWorkspace(GatewayCall call) => OfWorkspace(call, (id, workspace) =>
    {
        var path = call.Params.OptionalText("path", 1024) ?? "";
        var (offset, limit) = ((int)(call.Params.OptionalNumber("offset", 0, int.MaxValue) ?? 0), (int)(call.Params.OptionalNumber("limit", 1, 1000) ?? 200));
        RequireMemoryOf(call, workspace, path);
        var entries = workspace.List(path);
        var page = entries.Skip(offset).Take(limit).Select(e => new WorkspaceRow(e)).ToArray();
        var parent = path.Length == 0 ? null : path.Contains('/', StringComparison.Ordinal) ? path[..path.LastIndexOf('/')] : "";
        return FrameWriter.Payload(to => to
            .Add("agentId", id).Add("path", path).Add("parentPath", parent).Add("entries", page).Add("totalEntries", entries.Count).Add("offset", offset));
    });

    private byte[] GetFromWorkspace(GatewayCall call) => OfWorkspace(call, (id, workspace) =>
    {
        var path = call.Params.Text("path", 1024);
        RequireMemoryOf(call, workspace, path);
        var file = workspace.Read(path) ?? throw GatewayException.Invalid($"There is no file {path} in the workspace.");
        return FrameWriter.Payload(to => to.Add("agentId", id).Add("file", new WorkspaceContent(path, file, TextOf(file.Content))));
    });

    // The notes of one person are none of another's business, whoever's workspace they lie in.
    private static void RequireMemoryOf(GatewayCall call, AgentWorkspace workspace, string path)
    {
        if (!MemoryFolder.MayReach(Path.Combine(workspace.Folder, path), workspace.Folder, OriginOf(call).Person)) throw Denied(AccessDecision.Deny("another person's memory"));
    }

    private byte[] OfWorkspace(GatewayCall call, Func<string, AgentWorkspace, byte[]> answer)
    {
        var id = call.Params.Text("agentId");
        var agent = RequireAgent(id);
        try
        {
            return answer(id, new AgentWorkspace(agent.Workspace));
        }
        catch (ModelException e)
        {
            throw GatewayException.Invalid(e.Message);
        }
    }

    private static AgentFileRow ToRow(AgentWorkspace workspace, string name, WorkspaceFile? file, bool withContent) => new(name, Path.Combine(workspace.Folder, name), file is null)
    {
        // An agent needs neither to be well.
        ExpectedAbsent = file is null && name is "MEMORY.md" or "BOOTSTRAP.md" or "HEARTBEAT.md" ? true : null,
        Size = file?.Content.Length,
        UpdatedAtMs = file?.UpdatedAt,
        Hash = withContent ? file?.Hash : null,
        Content = withContent && file is not null ? Encoding.UTF8.GetString(file.Content) : null,
    };

    private static string? TextOf(byte[] content)
    {
        try
        {
            return StrictUtf8.GetString(content);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }
}
