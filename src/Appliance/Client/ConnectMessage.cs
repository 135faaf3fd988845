using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using Appliance.Gateway.Identity;
using Appliance.Gateway.Protocol;
using Appliance.Hosting;
using Models.Crypto;
using Models.Egress;

namespace Appliance.Client;

/// <summary>What this program says in <c>connect</c>: who it is, what it wants, and, to another machine, the proof of this box's own key.</summary>
internal sealed record ConnectMessage(ConnectRequest Connect) : IPayload
{
    /// <summary>The message to a gateway.</summary>
    /// <param name="target">Which gateway.</param>
    /// <param name="scopes">What is wanted.</param>
    /// <param name="challenge">What it asked.</param>
    /// <exception cref="Models.ModelException">This box's key cannot be read or made.</exception>
    public static ConnectMessage To(GatewayTarget target, IReadOnlyList<string> scopes, JsonElement challenge)
    {
        var connect = new ConnectRequest
        {
            MinProtocol = ProtocolLimits.Newest,
            MaxProtocol = ProtocolLimits.Newest,
            Client = new("cli", ProductVersion.Text, OperatingSystem.IsLinux() ? "linux" : "other", "cli") { DisplayName = Environment.MachineName },
            Role = Principal.Operator,
            Scopes = scopes,
            Caps = [],
            Commands = [],
            Auth = new(target.Token, null, null, null),
        };
        // Programs on the gateway's own machine need no device.
        return new(target.Url is { } url && !EgressPolicy.IsThisMachine(url.Host) ? Sign(connect, BoxKey.Open(target.Home), challenge) : connect);
    }

    /// <inheritdoc/>
    public void Write(PayloadWriter to) => to
        .Add("minProtocol", Connect.MinProtocol).Add("maxProtocol", Connect.MaxProtocol).Add("client", new ClientPart(Connect.Client)).Add("role", Connect.Role)
        .Add("scopes", Connect.Scopes).Add("auth", Connect.Auth.Token is { } token ? new AuthPart(token) : null)
        .Add("device", Connect.Device is { } device ? new DevicePart(device) : null);

    private static ConnectRequest Sign(ConnectRequest connect, BoxKey key, JsonElement challenge)
    {
        var device = new ConnectDevice(key.Id, Base64Url.EncodeToString(key.PublicKey), "", challenge.Number("ts") ?? 0, challenge.Text("nonce"));
        var signature = key.Sign(Encoding.UTF8.GetBytes(DeviceProof.Payload(connect with { Device = device }, "v3")));
        return connect with { Device = device with { Signature = Base64Url.EncodeToString(signature) } };
    }

    private sealed record ClientPart(ConnectClient Client) : IPayload
    {
        public void Write(PayloadWriter to) => to
            .Add("id", Client.Id).Add("displayName", Client.DisplayName).Add("version", Client.Version).Add("platform", Client.Platform).Add("mode", Client.Mode);
    }

    private sealed record AuthPart(string Token) : IPayload
    {
        public void Write(PayloadWriter to) => to.Add("token", Token);

        public override string ToString() => "credentials";
    }

    private sealed record DevicePart(ConnectDevice Device) : IPayload
    {
        public void Write(PayloadWriter to) => to
            .Add("id", Device.Id).Add("publicKey", Device.PublicKey).Add("signature", Device.Signature).Add("signedAt", Device.SignedAt).Add("nonce", Device.Nonce);
    }
}
