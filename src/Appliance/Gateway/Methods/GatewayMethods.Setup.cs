using System.Buffers.Text;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Text;
using Appliance.Gateway.Identity;
using Appliance.Gateway.Methods.Wire;
using Appliance.Gateway.Protocol;
using QRCoder;

namespace Appliance.Gateway.Methods;

// Letting a new device in by a one-time code, and giving one more than it has.
internal sealed partial class GatewayMethods
{
    private const int LongestQr = 16 * 1024;

    // What a phone's app is for; a limited one reads and writes alone. Never administration, never letting others in.
    private static readonly string[] Full = [Scope.Read, Scope.Write, Scope.Approvals, Scope.Questions, Scope.Talk, Scope.TalkSecrets], Limited = [Scope.Read, Scope.Write];

    private readonly ScopeUpgrades _upgrades = new();

    private IEnumerable<GatewayMethod> Setup =>
    [
        GatewayMethod.Of("device.pair.setupCode", Scope.Admin, MakeSetupCode) with { IsAdvertised = false },
        GatewayMethod.Of("device.pair.setupStatus", Scope.Admin, SetupStatus) with { IsAdvertised = false },
        GatewayMethod.Of("device.scopes.requestUpgrade", Scope.Read, RequestUpgrade),
        new GatewayMethod("device.scopes.waitUpgrade", Scope.Read, WaitUpgradeAsync),
    ];

    /// <summary>Tells administrators that a code was used.</summary>
    public void SetupCompleted(SetupCode code)
    {
        Audit($"device {code.DeviceId} came in by setup code {code.Id} as {code.Role}");
        _context.Hub.Broadcast("device.pair.setup.completed", FrameWriter.Payload(Completion(code)));
    }

    private byte[] MakeSetupCode(GatewayCall call)
    {
        var profile = call.Params.OptionalWord("bootstrapProfile", "limited", "node", "voice-node", "operator");
        var person = call.Params.OptionalText("person", 64);
        if (person is not null && Policy.Find(person) is null) throw GatewayException.Invalid($"unknown person: {person}");
        var url = Url(call.Params.OptionalText("publicUrl"));
        // The person's role bounds it again when it is used.
        var (token, code) = profile switch
        {
            "operator" => _context.Identity.SetupCodes.Make(Principal.Operator, Full, null, person),
            "node" or "voice-node" => _context.Identity.SetupCodes.Make(Principal.Node, [], null, person),
            _ => _context.Identity.SetupCodes.Make(Principal.Node, [], profile is null ? Full : Limited, person),
        };
        Audit($"setup code {code.Id} made by {Who(call)} for {profile ?? "full"}");
        var shown = Base64Url.EncodeToString(Encoding.UTF8.GetBytes($$"""{"url":"{{url}}","bootstrapToken":"{{token}}"}"""));
        return FrameWriter.Payload(new SetupCodeMade(code.Id, shown, url, call.Params.OptionalText("publicUrl") is not null ? "request" : url.StartsWith("wss:", StringComparison.Ordinal) ? "gateway.tailscale.mode" : "gateway.bind", Access(code), code.ExpiresAtMs)
        {
            QrDataUrl = call.Params.OptionalFlag("includeQr") == false ? null : QrOf(shown),
        });
    }

    private byte[] SetupStatus(GatewayCall call)
    {
        var code = _context.Identity.SetupCodes.Find(call.Params.Text("setupId", 128));
        return FrameWriter.Payload(new SetupCodeStatus(code?.DeviceId is null ? null : Completion(code)));
    }

    /// <summary>Asks for more than the device has; an operator decides as about a new one.</summary>
    private byte[] RequestUpgrade(GatewayCall call)
    {
        var wished = Scope.Clean(call.Params.OptionalTexts("scopes", 8) ?? throw call.Params.Fault("must have required property 'scopes'"));
        if (wished.Count == 0) throw call.Params.Fault("at /scopes: must not have fewer than 1 items");
        var device = call.Principal.DeviceId is { } id ? _context.Pairing.Find(id) : null;
        if (device is null) throw GatewayException.Invalid("only a paired device can ask for more scopes");
        if (Scope.FirstMissing(Policy.RoleOf(call.Principal.PersonId)?.Scopes ?? [], wished) is { } beyond) throw GatewayException.MissingScope(beyond);
        var all = Scope.Clean(device.Scopes.Concat(wished));
        var pending = _context.Pairing.Request(device, Principal.Operator, all, "scope-upgrade", call.Connection.Peer.Address?.ToString());
        _upgrades.Open(pending.RequestId, device.DeviceId, all);
        return FrameWriter.Payload(new UpgradeRequested(pending.RequestId));
    }

    private async Task<byte[]?> WaitUpgradeAsync(GatewayCall call)
    {
        var requestId = call.Params.Text("requestId");
        if (_upgrades.Find(requestId, call.Principal.DeviceId) is not { } upgrade) throw GatewayException.Invalid("unknown requestId");
        var over = Task.Delay(Identity.PairingBook.Expiry, _context.Time, call.Connection.Gone);
        await Task.WhenAny(upgrade.Decision, over);
        if (!upgrade.Decision.IsCompleted) return FrameWriter.Payload(new UpgradeEnded("expired", requestId));
        if (!await upgrade.Decision || !_upgrades.TryTake(requestId)) return FrameWriter.Payload(new UpgradeEnded("rejected", requestId));
        var token = _context.Pairing.Rotate(upgrade.DeviceId, Principal.Operator, upgrade.Scopes);
        return FrameWriter.Payload(new UpgradeEnded("approved", requestId) { DeviceToken = token, Scopes = upgrade.Scopes });
    }

    private static SetupCompletion Completion(SetupCode code) => new(code.Id, code.DeviceId!, code.DeviceName, Access(code), code.UsedAtMs ?? 0);

    private static string Access(SetupCode code) => (code.OperatorScopes ?? code.Scopes).Count switch { 0 => "node", var few when few <= Limited.Length => "limited", _ => "full" };

    /// <summary>Where the device will find this gateway.</summary>
    private string Url(string? given)
    {
        if (given is not null)
        {
            return Uri.TryCreate(given, UriKind.Absolute, out var uri) && uri.Scheme is "ws" or "wss" or "http" or "https" && uri.UserInfo.Length == 0 && !given.Contains('"', StringComparison.Ordinal)
                ? uri.GetLeftPart(UriPartial.Path).TrimEnd('/') : throw GatewayException.Invalid("publicUrl: must be the gateway's address, such as wss://box.example");
        }
        if (_context.Options.Tailnet?.Invoke() is { Address: not null, Host: { } host }) return $"wss://{host}";
        var address = _context.Options.Address;
        if (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any)) address = OwnAddress() ?? IPAddress.Loopback;
        return $"ws://{(address.AddressFamily == AddressFamily.InterNetworkV6 ? $"[{address}]" : address)}:{(_context.Options.Port == 0 ? Hosting.ServerOptions.DefaultPort : _context.Options.Port)}";
    }

    private static IPAddress? OwnAddress() => NetworkInterface.GetAllNetworkInterfaces()
        .Where(i => i.OperationalStatus == OperationalStatus.Up && i.NetworkInterfaceType != NetworkInterfaceType.Loopback)
        .SelectMany(i => i.GetIPProperties().UnicastAddresses).Select(a => a.Address).FirstOrDefault(a => a.AddressFamily == AddressFamily.InterNetwork);

    private static string? QrOf(string text)
    {
        using var data = QRCodeGenerator.GenerateQrCode(text, QRCodeGenerator.ECCLevel.L);
        using var png = new PngByteQRCode(data);
        var url = "data:image/png;base64," + Convert.ToBase64String(png.GetGraphic(6));
        return url.Length <= LongestQr ? url : null;
    }
}
