using Runtime.Agents;
using Runtime.Agents.Routing;
using Runtime.Sessions;

namespace Appliance.Config.Sections;

/// <summary>An entry of section <c>agents</c>: an agent with a workspace and sessions of its own. Immutable.</summary>
internal sealed record AgentConfig(
    [property: Setting("What it is called; its id where it is left out.")]
    string? Name = null,
    [property: Setting("Full path of its workspace; a folder in its own where it is left out.")]
    string? Workspace = null,
    [property: Setting("The model for its sessions that name none; models.default where it is left out.")]
    string? Model = null,
    [property: Setting("Tools it may call; the profile assistant where it is left out.")]
    ToolRulesConfig? Tools = null,
    [property: Setting("What it answers: always, mention (in groups what names it), direct (nothing in groups) or scheduled (jobs, heartbeats, hooks and other agents alone).")]
    Activation Activation = Activation.Always,
    [property: Setting("Whether reflexes answer before its model; reflexes where it is left out.")]
    ReflexesConfig? Reflexes = null)
{
    /// <summary>Every agent of a configuration; <c>main</c> is always there and the first.</summary>
    public static IReadOnlyList<AgentSettings> All(ApplianceConfig config) =>
        [.. config.Agents.Where(a => a.Key != SessionKey.MainAgent).Prepend(new(SessionKey.MainAgent, config.Agents.GetValueOrDefault(SessionKey.MainAgent) ?? new())).Select(a => a.Value.ToSettings(a.Key, config.Reflexes) with { Helpers = config.Sessions.ToRules() })];

    private AgentSettings ToSettings(string id, ReflexesConfig box) => new()
    {
        Id = id,
        Name = Name,
        Workspace = Workspace,
        Model = Model,
        Activation = Activation,
        Tools = Tools?.ToRules() ?? new AgentSettings().Tools,
        HasReflexes = box.Enabled && Reflexes is not { Enabled: false },
    };
}
