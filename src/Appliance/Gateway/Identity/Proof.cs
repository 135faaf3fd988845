namespace Appliance.Gateway.Identity;

/// <summary>What a credential proves.</summary>
/// <param name="PersonId">Whose it is.</param>
/// <param name="Method">Which kind it is.</param>
internal sealed record Proof(string PersonId, string Method)
{
    /// <summary>The device's own token, where it is one.</summary>
    public DeviceToken? DeviceToken { get; init; }

    /// <summary>The setup code, where it is one; it is used up.</summary>
    public SetupCode? Code { get; init; }
}
