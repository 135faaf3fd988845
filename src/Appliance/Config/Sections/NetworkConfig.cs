namespace Appliance.Config.Sections;

/// <summary>Section <c>network</c>: what may leave this machine. Immutable.</summary>
internal sealed record NetworkConfig(
    [property: Setting("Whether nothing may leave this machine: no connection, not even a question to a name server. What is on its way when it is switched on comes to its end.", Hot = true)]
    bool Offline = false);
