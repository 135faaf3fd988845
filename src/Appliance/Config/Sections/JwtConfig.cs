using Appliance.Config.Secrets;

namespace Appliance.Config.Sections;

/// <summary>Section <c>gateway.jwt</c>: whose JSON Web Tokens are taken. Immutable.</summary>
internal sealed record JwtConfig(
    [property: Setting("HS256 (a shared secret) or EdDSA (the issuer's Ed25519 key). What a token says of itself does not count.")]
    string Algorithm = "HS256",
    [property: Setting("Who must have made a token: its iss.")]
    string Issuer = "",
    [property: Setting("Whom a token must be for: what is in its aud.")]
    string Audience = "")
{
    /// <summary>Where the key is.</summary>
    [Setting("The secret, at least 32 characters, or the public key in base64url or PEM.")]
    public SecretReference? Key { get; init; }
}
