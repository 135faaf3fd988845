namespace Appliance.Config.Sections;

/// <summary>An entry of section <c>roles</c>: what people of that role may use. Names in lists may end in <c>*</c>. Immutable.</summary>
internal sealed record RoleConfig(
    [property: Setting("The most their connections may be granted, in the protocol's words; operator.read and operator.write by default.")]
    IReadOnlyList<string>? Scopes = null,
    [property: Setting("Agents they may talk to; all by default.")]
    IReadOnlyList<string>? Agents = null,
    [property: Setting("Models they may use; all by default.")]
    IReadOnlyList<string>? Models = null,
    [property: Setting("Tools that may be called for them, within what the agent may; the profile minimal by default.")]
    ToolRulesConfig? Tools = null,
    [property: Setting("Folders whose files tools may reach for them, within what the agent may: full paths, workspace for the agent's own, or *; none by default.")]
    IReadOnlyList<string>? Folders = null,
    [property: Setting("Whether they see everybody's sessions, not their own alone.")]
    bool AllSessions = false);
