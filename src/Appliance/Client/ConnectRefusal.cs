using System.Text.Json;
using Appliance.Gateway.Identity;
using Appliance.Gateway.Protocol;

namespace Appliance.Client;

/// <summary>Why a gateway lets nobody in, as one sentence that says what to do.</summary>
internal static class ConnectRefusal
{
    /// <summary>The error for a person.</summary>
    public static GatewayClientException Explain(GatewayTarget target, JsonElement error)
    {
        var details = error.Member("details");
        var code = details.Text("code") ?? error.Text("code") ?? "";
        var sentence = code switch
        {
            DetailCode.AuthTokenMissing =>
                $"The gateway at {target.Name} wants its token. Give it with --token-file PATH or in {SharedToken.Variable}.",
            DetailCode.AuthTokenMismatch =>
                $"The gateway at {target.Name} has another token. Give its own with --token-file PATH or in {SharedToken.Variable}; `appliance serve --new-token` on its machine makes a new one.",
            DetailCode.AuthRateLimited =>
                $"The gateway at {target.Name} takes no token from here for {Seconds(error)} seconds: too many were wrong. Try again then, with the right one.",
            DetailCode.PairingRequired =>
                $"The gateway at {target.Name} does not know this machine yet. Approve it there within five minutes, `appliance devices approve {details.Text("requestId")}`, and say this again.",
            DetailCode.DeviceSignatureExpired =>
                $"The clocks of this machine and of the gateway at {target.Name} are more than two minutes apart. Set them.",
            DetailCode.ProtocolMismatch =>
                $"The gateway at {target.Name} speaks another version of the protocol than this program ({ProtocolLimits.Newest}). Use programs of the same version.",
            _ => $"The gateway at {target.Name} says no: {error.Text("message")}",
        };
        return new GatewayClientException(code, sentence);
    }

    private static long Seconds(JsonElement error) => ((error.Number("retryAfterMs") ?? 300_000) + 999) / 1000;
}
