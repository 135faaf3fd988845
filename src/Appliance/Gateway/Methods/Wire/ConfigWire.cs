using Appliance.Gateway.Protocol;

namespace Appliance.Gateway.Methods.Wire;

// What the methods about the configuration send.

/// <summary>Answer of <c>config.get</c>.</summary>
internal sealed record ConfigSnapshot(string Path, ConfigView Config, string Hash) : IPayload
{
    public bool Exists { get; }
    public string? Raw { get; }
    public ConfigView Parsed => Config;
    public bool Valid { get; } = true;
    public string ConfigRevisionHash => Hash;
    public string AppliedConfigHash => Hash;
    public IReadOnlyList<string> Issues { get; } = [];
    public IReadOnlyList<string> Warnings { get; } = [];
    public IReadOnlyList<string> LegacyIssues { get; } = [];

    public void Write(PayloadWriter to) => to
        .Add("path", Path).Add("config", Config).Add("hash", Hash).Add("exists", Exists).Stay("raw", Raw).Add("parsed", Parsed).Add("valid", Valid)
        .Add("configRevisionHash", ConfigRevisionHash).Add("appliedConfigHash", AppliedConfigHash).Add("issues", Issues).Add("warnings", Warnings)
        .Add("legacyIssues", LegacyIssues);
}

/// <summary>What this gateway runs with; it has no secrets in it.</summary>
internal sealed record ConfigView(ConfigGateway Gateway, ConfigAgents Agents) : IPayload
{
    public void Write(PayloadWriter to) => to.Add("gateway", Gateway).Add("agents", Agents);
}

internal sealed record ConfigGateway(int Port, string Bind) : IPayload
{
    public string Mode { get; } = "local";
    public ConfigAuth Auth { get; } = new("token");

    public void Write(PayloadWriter to) => to.Add("port", Port).Add("bind", Bind).Add("mode", Mode).Add("auth", Auth);
}

internal sealed record ConfigAuth(string Mode) : IPayload
{
    public void Write(PayloadWriter to) => to.Add("mode", Mode);
}

internal sealed record ConfigAgents(ConfigAgentDefaults Defaults) : IPayload
{
    public void Write(PayloadWriter to) => to.Add("defaults", Defaults);
}

internal sealed record ConfigAgentDefaults(AgentModel? Model) : IPayload
{
    public void Write(PayloadWriter to) => to.Add("model", Model);
}
