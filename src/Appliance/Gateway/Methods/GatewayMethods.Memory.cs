using System.Globalization;
using Appliance.Gateway.Identity;
using Appliance.Gateway.Identity.People;
using Appliance.Gateway.Protocol;
using Models;
using Runtime.Agents;
using Runtime.Audit;
using Runtime.Memory;
using Runtime.Memory.Files;

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
        new GatewayMethod("memory.forget", Scope.Write, ForgetMemoryAsync) { IsAdvertised = false },
        new GatewayMethod("memory.distill", Scope.Write, DistillMemoryAsync) { IsAdvertised = false },
        new GatewayMethod("memory.refresh", Scope.Write, RefreshMemoryAsync) { IsAdvertised = false },
    ];

    private async Task<byte[]?> SearchMemoryAsync(GatewayCall call)
    {
        var agent = AgentOf(call);
        var most = (int)(call.Params.OptionalNumber("maxResults", 1, 50) ?? call.Params.OptionalNumber("limit", 1, 50) ?? 10);
        var (person, mayReach) = ReachOf(call, agent, "memory_search");
        var hits = await _context.Memory.Of(agent.Id).SearchAsync(call.Params.Text("query"), most, person, mayReach, call.Connection.Gone);
        var embedder = await _context.Models.Encoders.GetEmbedderAsync(null, call.Connection.Gone);
        return FrameWriter.Payload(to => to
            .Add("agentId", agent.Id).Add("provider", embedder.Name).Add("searchMode", "hybrid").Add("results", [.. hits.Select(hit => new MemoryRow(hit))]));
    }

    private async Task<byte[]?> MemoryHealthAsync(GatewayCall call)
    {
        var agent = AgentOf(call);
        var (provider, fault) = ("none", (string?)null);
        try
        {
            var embedder = await _context.Models.Encoders.GetEmbedderAsync(null, call.Connection.Gone);
            provider = embedder.Name;
            await embedder.GenerateAsync(["Is anybody there?"], cancellationToken: call.Connection.Gone);
        }
        catch (ModelException e)
        {
            fault = e.Message;
        }
        return FrameWriter.Payload(to => to.Add("agentId", agent.Id).Add("provider", provider).Add("embedding", new EmbeddingState(fault)));
    }

    private async Task<byte[]?> MemoryStatusAsync(GatewayCall call)
    {
        var agent = AgentOf(call);
        var memory = _context.Memory.Of(agent.Id);
        await memory.RefreshAsync(call.Connection.Gone);
        var embedder = await _context.Models.Encoders.GetEmbedderAsync(null, call.Connection.Gone);
        var state = _context.Memory.StateOf(agent.Id);
        return FrameWriter.Payload(to => to
            .Add("agentId", agent.Id).Add("provider", embedder.Name).Add("index", new IndexState(state))
            .Add("workspace", agent.Workspace).Add("files", memory.Folder.All().Count()).Add("chunks", memory.Count).Add("dimensions", embedder.Dimensions)
            .Add("distilledThrough", DayOf(state)).Add("distilling", _context.Config.Config.Memory.Distill && DefaultModel().Name is not null));
    }

    private byte[] WriteMemory(GatewayCall call)
    {
        var agent = AgentOf(call);
        var (person, mayReach) = ReachOf(call, agent, "memory_write");
        var path = _context.Memory.Of(agent.Id).Add(call.Params.LongText("text"), call.Params.OptionalFlag("lasting") ?? false, person, mayReach: mayReach);
        return FrameWriter.Payload(to => to.Add("ok", true).Add("path", path));
    }

    private async Task<byte[]?> ForgetMemoryAsync(GatewayCall call)
    {
        var (agent, isTrial) = (AgentOf(call), call.Params.OptionalFlag("dryRun") ?? false);
        var (person, _) = ReachOf(call, agent, "memory_forget");
        var gone = await _context.Memory.Of(agent.Id).ForgetAsync(call.Params.Text("text"), person, isTrial, call.Connection.Gone);
        if (!isTrial && gone.Count > 0)
            new MemoryAudit(_context.Identity.Audit).Forgotten(AuditTrail.Actor(call.Principal, call.Connection.Peer, "websocket", call.Connection.Client?.Client.Id), agent.Id, [.. gone.Select(file => file.Path)], gone.Sum(file => file.Lines.Count));
        return FrameWriter.Payload(to => to.Add("ok", true).Add("dryRun", isTrial).Add("files", [.. gone.Select(file => new ForgottenRow(file))]));
    }

    private async Task<byte[]?> DistillMemoryAsync(GatewayCall call)
    {
        // It reads what everybody said.
        RequireOwner(call);
        var nights = await _context.Nights.RunAsync(AgentOf(call), isAsked: true);
        if (nights.FirstOrDefault(night => night.Status == "failed") is { Reason: { } why }) throw GatewayException.Unavailable(why);
        return FrameWriter.Payload(to => to.Add("ok", true).Add("days", nights.Sum(night => night.Days)).Add("archived", nights.Sum(night => night.Archived)).Add("tokens", nights.Sum(night => night.Tokens)));
    }

    private async Task<byte[]?> RefreshMemoryAsync(GatewayCall call)
    {
        var memory = _context.Memory.Of(AgentOf(call).Id);
        await memory.ReadAgainAsync(call.Connection.Gone);
        return FrameWriter.Payload(to => to.Add("ok", true).Add("chunks", memory.Count));
    }

    /// <summary>Who asks, and what of the agent's files their role lets them reach. What they may not do by a tool they may not do by a method.</summary>
    /// <exception cref="GatewayException">The tool is not for them.</exception>
    private (string? Person, Func<string, bool>? MayReach) ReachOf(GatewayCall call, Agent agent, string tool)
    {
        if (OriginOf(call).Person is not { } person) return (null, null);
        if (!_context.Tools.For(agent.Id, null, person).Any(t => t.Name == tool)) throw Denied(AccessDecision.Deny($"{Policy.RoleOf(person)?.Name}: tools"));
        return (person, _context.Tools.ReachOf(agent.Workspace, person));
    }

    private Agent AgentOf(GatewayCall call) => RequireAgent(call.Params.OptionalText("agentId"));

    private static string? DayOf(MemoryState state) => state.Through?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private sealed record EmbeddingState(string? Fault) : IPayload
    {
        public void Write(PayloadWriter to) => to.Add("ok", Fault is null).Add("checked", true).Add("error", Fault);
    }

    private sealed record IndexState(MemoryState State) : IPayload
    {
        public void Write(PayloadWriter to) => to
            .Add("ok", State.Fault is null).Add("error", State.Fault).Add("files", State.Files).Add("indexed", State.Indexed).Add("chunks", State.Pieces)
            .Add("brokenCopies", State.BrokenCopies.Count).Add("distilledThrough", DayOf(State));
    }

    private sealed record ForgottenRow(ForgottenLines File) : IPayload
    {
        public void Write(PayloadWriter to) => to.Add("path", File.Path).Add("lines", [.. File.Lines.Select(line => Cut(line, LongestSnippet)!)]);
    }

    private sealed record MemoryRow(MemoryHit Hit) : IPayload
    {
        public void Write(PayloadWriter to) => to
            .Add("path", Hit.Path).Add("startLine", Hit.FirstLine).Add("endLine", Hit.LastLine).Add("heading", Hit.Heading.Length > 0 ? Hit.Heading : null)
            .Add("snippet", Cut(Hit.Text, LongestSnippet)).Number("score", Math.Round(Hit.Score, 5)).Add("source", "memory");
    }
}
