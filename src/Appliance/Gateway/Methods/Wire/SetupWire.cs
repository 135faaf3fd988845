using Appliance.Gateway.Protocol;

namespace Appliance.Gateway.Methods.Wire;

// What the methods about setup codes and scope upgrades send.

internal sealed record SetupCodeMade(string SetupId, string SetupCode, string GatewayUrl, string UrlSource, string Access, long ExpiresAtMs) : IPayload
{
    public string? QrDataUrl { get; init; }

    public void Write(PayloadWriter to) => to
        .Add("setupId", SetupId).Add("setupCode", SetupCode).Add("qrDataUrl", QrDataUrl).Add("gatewayUrl", GatewayUrl).Add("auth", "token").Add("urlSource", UrlSource)
        .Add("access", Access).Add("expiresAtMs", ExpiresAtMs);

    /// <summary>A code is for the log of nobody.</summary>
    public override string ToString() => $"setup code {SetupId}";
}

internal sealed record SetupCodeStatus(SetupCompletion? Completion) : IPayload
{
    public void Write(PayloadWriter to) => to.Add("completion", Completion);
}

internal sealed record SetupCompletion(string SetupId, string DeviceId, string? DeviceName, string Access, long Ts) : IPayload
{
    public void Write(PayloadWriter to) => to.Add("setupId", SetupId).Add("deviceId", DeviceId).Add("deviceName", DeviceName).Add("access", Access).Add("ts", Ts);
}

internal sealed record UpgradeRequested(string RequestId) : IPayload
{
    public void Write(PayloadWriter to) => to.Add("requestId", RequestId);
}

internal sealed record UpgradeEnded(string Status, string RequestId) : IPayload
{
    public string? DeviceToken { get; init; }
    public IReadOnlyList<string>? Scopes { get; init; }

    public void Write(PayloadWriter to) => to.Add("status", Status).Add("requestId", RequestId).Add("deviceToken", DeviceToken).Add("scopes", Scopes);

    /// <summary>Tokens are for the log of nobody.</summary>
    public override string ToString() => $"{RequestId} {Status}";
}
