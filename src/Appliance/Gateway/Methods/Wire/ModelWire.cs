using Appliance.Gateway.Protocol;

namespace Appliance.Gateway.Methods.Wire;

// What the methods about models send.

/// <summary>A model a client can choose.</summary>
internal sealed record ModelRow(string Id, string Name, string Provider) : IPayload
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

    public void Write(PayloadWriter to) => to
        .Add("id", Id).Add("name", Name).Add("provider", Provider).Add("contextWindow", ContextWindow).Add("reasoning", Reasoning).Add("input", Input)
        .Add("tags", Tags).Add("thinkingLevels", ThinkingLevels).Add("thinkingDefault", ThinkingDefault).Add("available", Available)
        .Add("local", Local).Add("manualSelectionAllowed", ManualSelectionAllowed);
}

internal sealed record ModelList(IReadOnlyList<ModelRow> Models) : IPayload
{
    public void Write(PayloadWriter to) => to.Add("models", Models);
}

internal sealed record ModelsAuthStatus(long Ts, IReadOnlyList<ModelProviderStatus> Providers) : IPayload
{
    public IReadOnlyList<string> ProviderCapabilities { get; } = [];

    public void Write(PayloadWriter to) => to.Add("ts", Ts).Add("providers", Providers).Add("providerCapabilities", ProviderCapabilities);
}

/// <summary>A provider that needs no key.</summary>
internal sealed record ModelProviderStatus(string Provider, string AuthProvider, string DisplayName, string Status) : IPayload
{
    public IReadOnlyList<string> Profiles { get; } = [];

    public void Write(PayloadWriter to) => to
        .Add("provider", Provider).Add("authProvider", AuthProvider).Add("displayName", DisplayName).Add("status", Status).Add("profiles", Profiles);
}

/// <summary>Event for clients that asked for the models in their connect.</summary>
internal sealed record ModelsSnapshot(ModelsTarget Target, ModelsTarget Scope, ModelList Catalog) : IPayload
{
    public void Write(PayloadWriter to) => to.Add("target", Target).Add("scope", Scope).Add("catalog", Catalog);
}

internal sealed record ModelsTarget(string SessionKey) : IPayload
{
    public void Write(PayloadWriter to) => to.Add("sessionKey", SessionKey);
}
