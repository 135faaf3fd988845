namespace Appliance.Gateway.Identity;

/// <summary>What a connection got.</summary>
/// <param name="Principal">Who it is and what it may do.</param>
/// <param name="DeviceToken">A token for the device to come back with, or null where it has one.</param>
/// <param name="IssuedAtMs">When that was made.</param>
internal sealed record Grant(Principal Principal, string? DeviceToken = null, long? IssuedAtMs = null)
{
    /// <summary>A second token, for another role, that a setup code gave; null without.</summary>
    public HandedToken? More { get; init; }

    /// <summary>The setup code it came by, or null.</summary>
    public SetupCode? Setup { get; init; }

    /// <summary>Tokens are for the log of nobody.</summary>
    public override string ToString() => $"grant for {Principal.PersonId}";
}

/// <summary>A token handed over beside the first.</summary>
internal sealed record HandedToken(string DeviceToken, string Role, IReadOnlyList<string> Scopes, long IssuedAtMs)
{
    /// <summary>Tokens are for the log of nobody.</summary>
    public override string ToString() => $"{Role} token";
}
