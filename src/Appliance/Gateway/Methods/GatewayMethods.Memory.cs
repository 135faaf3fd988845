using Appliance.Gateway.Identity;
using Appliance.Gateway.Protocol;
using Runtime.Agents;
using Runtime.Memory;

namespace Appliance.Gateway.Methods;

// What agents remember.
internal sealed partial class GatewayMethods
{
    private const int LongestSnippet = 700;

    private IEnumerable<GatewayMethod> Remembering =>
    [
        new GatewayMethod("memory.search", Scope.Read, SearchMemoryAsync),
        new GatewayMethod("doctor.memory.status", Scope.Read, MemoryHealthAsync),
        new GatewayMethod("memory.status", Scope.Read, MemoryStatusAsync) { IsAdvertised = false },
        GatewayMethod.Of("memory.write", Scope.Write, WriteMemory) with { IsAdvertised = false },
        new GatewayMethod("memory.refresh", Scope.Write, RefreshMemoryAsync) { IsAdvertised = false },
    ];

    private async Task<byte[]?> SearchMemoryAsync(GatewayCall call)
    {
        var agent = AgentOf(call);
        var most = (int)(call.Params.OptionalNumber("maxResults", 1, 50) ?? call.Params.OptionalNumber("limit", 1, 50) ?? 10);
        var hits = await _context.Memory.Of(agent.Id).SearchAsync(call.Params.Text("query"), most, OriginOf(call).Person, call.Connection.Gone);
        var embedder = await _context.Models.Encoders.GetEmbedderAsync(null, call.Connection.Gone);
        return FrameWriter.Payload(to => to
            .Add("agentId", agent.Id).Add("provider", embedder.Name).Add("searchMode", "hybrid").Add("results", [.. hits.Select(hit => new MemoryRow(hit))]));
    }

    private async Task<byte[]?> MemoryHealthAsync(GatewayCall call)
    {
        var embedder = await _context.Models.Encoders.GetEmbedderAsync(null, call.Connection.Gone);
        return FrameWriter.Payload(to => to.Add("agentId", AgentOf(call).Id).Add("provider", embedder.Name).Add("embedding", new EmbeddingState()));
    }

    private async Task<byte[]?> MemoryStatusAsync(GatewayCall call)
    {
        var agent = AgentOf(call);
        var memory = _context.Memory.Of(agent.Id);
        await memory.RefreshAsync(call.Connection.Gone);
        var embedder = await _context.Models.Encoders.GetEmbedderAsync(null, call.Connection.Gone);
        return FrameWriter.Payload(to => to
            .Add("agentId", agent.Id).Add("provider", embedder.Name)
            .Add("workspace", agent.Workspace).Add("files", memory.Folder.All().Count()).Add("chunks", memory.Count).Add("dimensions", embedder.Dimensions));
    }

    private byte[] WriteMemory(GatewayCall call)
    {
        var path = _context.Memory.Of(AgentOf(call).Id).Add(call.Params.LongText("text"), call.Params.OptionalFlag("lasting") ?? false, OriginOf(call).Person);
        return FrameWriter.Payload(to => to.Add("ok", true).Add("path", path));
    }

    private async Task<byte[]?> RefreshMemoryAsync(GatewayCall call)
    {
        var memory = _context.Memory.Of(AgentOf(call).Id);
        await memory.ReadAgainAsync(call.Connection.Gone);
        return FrameWriter.Payload(to => to.Add("ok", true).Add("chunks", memory.Count));
    }

    private Agent AgentOf(GatewayCall call) => RequireAgent(call.Params.OptionalText("agentId"));

    private sealed record EmbeddingState : IPayload
    {
        public void Write(PayloadWriter to) => to.Add("ok", true).Add("checked", true);
    }

    private sealed record MemoryRow(MemoryHit Hit) : IPayload
    {
        public void Write(PayloadWriter to) => to
            .Add("path", Hit.Path).Add("startLine", Hit.FirstLine).Add("endLine", Hit.LastLine).Add("heading", Hit.Heading.Length > 0 ? Hit.Heading : null)
            .Add("snippet", Cut(Hit.Text, LongestSnippet)).Number("score", Math.Round(Hit.Score, 5)).Add("source", "memory");
    }
}
