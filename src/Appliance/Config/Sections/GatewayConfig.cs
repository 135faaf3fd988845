using Appliance.Config.Secrets;
using Appliance.Hosting;

namespace Appliance.Config.Sections;

/// <summary>Section <c>gateway</c>: where the server listens, and who may come in. Immutable.</summary>
internal sealed record GatewayConfig(
    [property: Setting("Port to listen on; 0 takes a free one.", Least = 0, Most = 65535)]
    int Port = ServerOptions.DefaultPort,
    [property: Setting("Address to listen on. Beyond loopback every request needs gateway.token.", Format = SettingFormat.Address)]
    string Bind = "loopback",
    [property: Setting("Web pages that may connect beside the gateway's own, each an exact origin such as https://panel.example:8443. They need the token like everybody.", Hot = true)]
    IReadOnlyList<string>? AllowedOrigins = null,
    TailscaleConfig? Tailscale = null, AuthConfig? Auth = null)
{
    [Setting("Reach from elsewhere by Tailscale, which must be installed.")]
    public TailscaleConfig Tailscale { get; init; } = Tailscale ?? new();

    [Setting("What beside tokens proves who somebody is.")]
    public AuthConfig Auth { get; init; } = Auth ?? new();

    /// <summary>Where the token is, or null.</summary>
    [Setting("Secret of at least 32 characters that every request must carry. Without one the gateway makes a token at first start, for WebSocket clients.")]
    public SecretReference? Token { get; init; }

    /// <summary>Whose JWTs are taken, or null.</summary>
    [Setting("JSON Web Tokens that are taken beside the token: those of one issuer.")]
    public JwtConfig? Jwt { get; init; }
}
