namespace Appliance.Gateway.Methods;

// What the methods about models and agents send.

/// <summary>A model a client can choose.</summary>
internal sealed record ModelRow(string Id, string Name, string Provider)
{
    public int ContextWindow { get; init; }
    public bool Reasoning { get; init; }
    public IReadOnlyList<string> Input { get; } = ["text"];
    public IReadOnlyList<string>? Tags { get; init; }
    public IReadOnlyList<ThinkingLevel> ThinkingLevels { get; } = ThinkingLevel.Off;
    public string ThinkingDefault { get; } = "off";
    public bool Available { get; } = true;
    public bool Local { get; } = true;
    public bool ManualSelectionAllowed { get; } = true;
}

internal sealed record ModelList(IReadOnlyList<ModelRow> Models);

internal sealed record ModelsAuthStatus(long Ts, IReadOnlyList<ModelProviderStatus> Providers)
{
    public IReadOnlyList<string> ProviderCapabilities { get; } = [];
}

/// <summary>A provider that needs no key.</summary>
internal sealed record ModelProviderStatus(string Provider, string AuthProvider, string DisplayName, string Status)
{
    public IReadOnlyList<string> Profiles { get; } = [];
}

/// <summary>Event for clients that asked for the models in their connect.</summary>
internal sealed record ModelsSnapshot(ModelsTarget Target, ModelsTarget Scope, ModelList Catalog);

internal sealed record ModelsTarget(string SessionKey);

/// <summary>Answer of <c>agents.list</c>.</summary>
internal sealed record AgentList(string DefaultId, string MainKey, string Scope, IReadOnlyList<AgentRow> Agents)
{
    public string Ownership { get; } = "sole";
    public bool SelectionRequired { get; }
}

internal sealed record AgentRow(string Id, string Workspace, AgentModel? Model)
{
    public string Kind { get; } = "agent";
    public IReadOnlyList<ThinkingLevel> ThinkingLevels { get; } = ThinkingLevel.Off;
    public IReadOnlyList<string> ThinkingOptions { get; } = ["off"];
    public string ThinkingDefault { get; } = "off";
}

internal sealed record AgentModel(string Primary);

internal sealed record AgentIdentity(string AgentId, string Name, string NameSource, string Avatar);
