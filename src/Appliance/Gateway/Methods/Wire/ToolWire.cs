using Appliance.Gateway.Protocol;
using Runtime.Tools;
using Runtime.Tools.Policy;

namespace Appliance.Gateway.Methods.Wire;

// What the methods about tools send, as transcript 50 has it.

/// <summary>Every tool of the box, by what it has to do with.</summary>
internal sealed record ToolCatalog(string AgentId, IReadOnlyList<Tool> Tools) : IPayload
{
    public void Write(PayloadWriter to) => to
        .Add("agentId", AgentId).Add("profiles", [.. ToolWords.Profiles.Select(profile => new ToolProfileRow(profile))])
        .Add("groups", [.. Tools.GroupBy(tool => ToolWords.GroupOf(tool.Name)).Select(group => new ToolGroup(group.Key.Id, group.Key.Label, [.. group.Select(tool => new CatalogTool(tool))]))]);
}

/// <summary>The tools that may be called in a session, asked about or not.</summary>
internal sealed record EffectiveTools(string AgentId, string Profile, IReadOnlyList<Tool> Tools) : IPayload
{
    public void Write(PayloadWriter to) => to
        .Add("agentId", AgentId).Add("profile", Profile)
        .Add("groups", Tools.Count == 0 ? [] : [new ToolGroup("core", "Built-in tools", [.. Tools.Select(tool => new EffectiveTool(tool))])]);
}

internal sealed record ToolGroup(string Id, string Label, IReadOnlyList<IPayload> Tools) : IPayload
{
    public void Write(PayloadWriter to) => to.Add("id", Id).Add("label", Label).Add("source", "core").Add("tools", Tools);
}

internal sealed record ToolProfileRow(ToolProfile Profile) : IPayload
{
    public void Write(PayloadWriter to) => to.Add("id", ToolWords.Of(Profile)).Add("label", Profile.ToString());
}

internal sealed record CatalogTool(Tool Tool) : IPayload
{
    public void Write(PayloadWriter to) => to
        .Add("id", Tool.Name).Add("label", Tool.Name).Add("description", Tool.Description).Add("source", "core")
        .Add("defaultProfiles", [.. ToolWords.Profiles.Where(profile => Tool.Profile <= profile).Select(ToolWords.Of)]);
}

internal sealed record EffectiveTool(Tool Tool) : IPayload
{
    public void Write(PayloadWriter to) => to
        .Add("id", Tool.Name).Add("label", Tool.Name).Add("description", Tool.Description).Add("rawDescription", Tool.Description).Add("source", "core");
}

/// <summary>What came of a call: a refusal is an answer too.</summary>
internal sealed record ToolInvoked(string ToolName, ToolResult? Result) : IPayload
{
    public void Write(PayloadWriter to)
    {
        to.Add("ok", Result is { IsError: false }).Add("toolName", ToolName);
        if (Result is { IsError: false }) to.Add("output", new ToolContent([new TextBlock(Result.Text)])).Add("source", "core");
        else to.Add("error", Result is null ? new ToolFault("not_found", $"There is no tool {ToolName} to call from here.") : new ToolFault(Result.IsRefused ? "forbidden" : "internal_error", Result.Text));
    }
}

internal sealed record ToolFault(string Code, string Message) : IPayload
{
    public void Write(PayloadWriter to) => to.Add("code", Code).Add("message", Message);
}

/// <summary>Words of the wire for tools.</summary>
internal static class ToolWords
{
    public static IReadOnlyList<ToolProfile> Profiles { get; } = [ToolProfile.Minimal, ToolProfile.Assistant, ToolProfile.Operator];

    public static string Of(ToolProfile profile) => profile.ToString().ToLowerInvariant();

    /// <summary>The group a client shows a tool in.</summary>
    public static (string Id, string Label) GroupOf(string tool) => tool.Split('_')[0] switch
    {
        "read" or "write" or "edit" or "apply" or "ls" or "find" or "grep" => ("fs", "Files"),
        "exec" or "process" => ("runtime", "Runtime"),
        "web" => ("web", "Web"),
        "memory" => ("memory", "Memory"),
        "session" or "sessions" => ("sessions", "Sessions"),
        "cron" => ("automation", "Automation"),
        "message" => ("messaging", "Messaging"),
        "browser" or "canvas" => ("ui", "UI"),
        "device" => ("nodes", "Nodes"),
        _ => ("agents", "Agents"),
    };
}
