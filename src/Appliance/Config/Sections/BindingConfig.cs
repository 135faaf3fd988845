using Runtime.Agents.Routing;

namespace Appliance.Config.Sections;

/// <summary>An entry of section <c>bindings</c>: what goes to an agent. All that is named must fit; the narrowest counts. Immutable.</summary>
internal sealed record BindingConfig(
    [property: Setting("Id of the agent.")]
    string Agent,
    [property: Setting("A channel: hook, telegram, …; names in all of these may end in *.")]
    string? Channel = null,
    [property: Setting("An account of this box on the channel.")]
    string? Account = null,
    [property: Setting("A conversation on the channel, as the channel names it.")]
    string? Peer = null,
    [property: Setting("Somebody who writes, by their id.")]
    string? Person = null,
    [property: Setting("A hook, by the name it gives.")]
    string? Hook = null,
    [property: Setting("What is answered there: always, mention, direct or scheduled; as the agent is set by default.")]
    Activation? Activation = null)
{
    /// <summary>The rule of a configuration.</summary>
    public static AgentRouter Router(ApplianceConfig config) => new([.. config.Bindings.Select(b => b.ToBinding())], AgentConfig.All(config));

    /// <summary>As the agent's room takes it.</summary>
    public AgentBinding ToBinding() => new(Agent) { Channel = Channel, Account = Account, Peer = Peer, Person = Person, Hook = Hook, Activation = Activation };
}
