using System.Collections.Frozen;

namespace Appliance.Gateway.Protocol;

/// <summary>The parameters of <c>connect</c>, checked for shape and not yet for truth.</summary>
internal sealed record ConnectRequest
{
    private static readonly FrozenSet<string> ClientIds = FrozenSet.ToFrozenSet([
        "webchat-ui", "openclaw-control-ui", "openclaw-browser-copilot", "openclaw-tui", "webchat", "cli", "gateway-client", "openclaw-macos",
        "openclaw-linux", "openclaw-ios", "openclaw-watchos", "openclaw-android", "node-host", "test", "fingerprint", "openclaw-probe",
    ]);

    public required int MinProtocol { get; init; }
    public required int MaxProtocol { get; init; }
    public required ConnectClient Client { get; init; }

    /// <summary><c>operator</c> or <c>node</c>.</summary>
    public required string Role { get; init; }

    /// <summary>What the client asks for; never what it gets.</summary>
    public required IReadOnlyList<string> Scopes { get; init; }
    public required IReadOnlyList<string> Caps { get; init; }

    /// <summary>Commands a node offers.</summary>
    public required IReadOnlyList<string> Commands { get; init; }
    public string? PathEnv { get; init; }
    public ConnectDevice? Device { get; init; }
    public required ConnectAuth Auth { get; init; }

    /// <summary>True where the client wants the models told in an event.</summary>
    public bool WantsModelCatalog { get; init; }

    /// <summary>True for clients that look whether a gateway is there.</summary>
    public bool IsProbe => Client.Mode == "probe";

    /// <summary>Reads the parameters.</summary>
    /// <exception cref="GatewayException">A field is missing or has the wrong shape.</exception>
    public static ConnectRequest Parse(RequestParams parameters)
    {
        var auth = parameters.OptionalObject("auth");
        return new ConnectRequest
        {
            MinProtocol = Protocol(parameters, "minProtocol"),
            MaxProtocol = Protocol(parameters, "maxProtocol"),
            Client = ReadClient(parameters.OptionalObject("client") ?? throw parameters.Fault("must have required property 'client'")),
            Role = parameters.OptionalText("role") switch
            {
                null or "operator" => "operator",
                "node" => "node",
                _ => throw GatewayException.Invalid("invalid role"),
            },
            Scopes = parameters.OptionalTexts("scopes", 64) ?? [],
            Caps = parameters.OptionalTexts("caps") ?? [],
            Commands = parameters.OptionalTexts("commands") ?? [],
            PathEnv = parameters.OptionalText("pathEnv", 16 * 1024),
            Device = parameters.OptionalObject("device") is { } device ? Read(device) : null,
            Auth = new(auth?.OptionalText("token", 4096), auth?.OptionalText("password", 4096), auth?.OptionalText("deviceToken", 4096), auth?.OptionalText("bootstrapToken", 4096)),
            WantsModelCatalog = parameters.OptionalObject("modelCatalog") is not null,
        };
    }

    private static int Protocol(RequestParams parameters, string name) =>
        (int)(parameters.OptionalNumber(name, 1, int.MaxValue) ?? throw parameters.Fault($"must have required property '{name}'"));

    private static ConnectClient ReadClient(RequestParams client)
    {
        var id = client.Text("id");
        if (!ClientIds.Contains(id)) throw client.Fault("at /client/id: must be equal to one of the allowed values");
        return new ConnectClient(id, client.Text("version"), client.Text("platform"), Mode(client))
        {
            DisplayName = client.OptionalText("displayName"),
            DeviceFamily = client.OptionalText("deviceFamily"),
            ModelIdentifier = client.OptionalText("modelIdentifier"),
            TimeZone = client.OptionalText("timeZone", 64),
            InstanceId = client.OptionalText("instanceId"),
        };
    }

    private static string Mode(RequestParams client) =>
        client.OptionalWord("mode", "webchat", "cli", "ui", "backend", "node", "probe", "test") ?? throw client.Fault("must have required property 'mode'");

    private static ConnectDevice Read(RequestParams device) => new(
        device.Text("id"), device.Text("publicKey"), device.Text("signature"),
        device.OptionalNumber("signedAt") ?? throw device.Fault("must have required property 'signedAt'"), device.OptionalText("nonce"));
}

/// <summary>The program that connects, by its own account.</summary>
internal sealed record ConnectClient(string Id, string Version, string Platform, string Mode)
{
    public string? DisplayName { get; init; }
    public string? DeviceFamily { get; init; }
    public string? ModelIdentifier { get; init; }
    public string? TimeZone { get; init; }
    public string? InstanceId { get; init; }
}

/// <summary>The device it runs on, with its proof.</summary>
/// <param name="Id">Lower-case hexadecimal SHA-256 of the key.</param>
/// <param name="PublicKey">The 32 bytes of an Ed25519 key, base64url.</param>
/// <param name="Signature">Base64url.</param>
/// <param name="SignedAt">Unix milliseconds.</param>
/// <param name="Nonce">That of the challenge.</param>
internal sealed record ConnectDevice(string Id, string PublicKey, string Signature, long SignedAt, string? Nonce);

/// <summary>Credentials; any may be null.</summary>
internal sealed record ConnectAuth(string? Token, string? Password, string? DeviceToken, string? BootstrapToken)
{
    /// <summary>No credentials.</summary>
    public static ConnectAuth None { get; } = new(null, null, null, null);

    /// <summary>The one that the device's signature covers (PROTOCOL.md §2).</summary>
    public string Signed => First(Token) ?? First(DeviceToken) ?? First(BootstrapToken) ?? "";

    /// <summary>Credentials are for the log of nobody.</summary>
    public override string ToString() => "credentials";

    private static string? First(string? token) => string.IsNullOrEmpty(token) ? null : token;
}
