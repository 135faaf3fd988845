using Appliance.Config.Secrets;

namespace Appliance.Config.Sections;

/// <summary>Section <c>hooks</c>: programs elsewhere that may begin turns. Immutable.</summary>
internal sealed record HooksConfig
{
    /// <summary>Where the token is, or null.</summary>
    [Setting("Secret of at least 32 characters of those who may call /hooks, and not the gateway's. Without one hooks are shut.")]
    public SecretReference? Token { get; init; }
}
