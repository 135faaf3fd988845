using System.Buffers.Text;
using System.Text;
using Appliance.Gateway.Protocol;
using Models.Crypto;

namespace Appliance.Gateway.Identity;

/// <summary>What a device signs to show that it holds its key (PROTOCOL.md §2). Pure; safe for several threads.</summary>
internal static class DeviceProof
{
    /// <summary>How far a device's clock may be off.</summary>
    public static readonly TimeSpan ClockSkew = TimeSpan.FromSeconds(120);

    /// <summary>Checks a device's proof in the order the protocol has.</summary>
    /// <param name="connect">What was sent; its device must be there.</param>
    /// <param name="challenge">What was asked.</param>
    /// <param name="now">This gateway's clock.</param>
    /// <exception cref="GatewayException">The proof fails.</exception>
    public static void Check(ConnectRequest connect, Challenge challenge, DateTimeOffset now)
    {
        var device = connect.Device!;
        var key = Decode(device.PublicKey, Ed25519.KeySize) ?? throw Refuse(DetailCode.DevicePublicKeyInvalid, "device public key invalid");
        if (!string.Equals(device.Id, Id(key), StringComparison.Ordinal)) throw Refuse(DetailCode.DeviceIdMismatch, "device identity mismatch");
        if (Math.Abs(now.ToUnixTimeMilliseconds() - device.SignedAt) > ClockSkew.TotalMilliseconds)
            throw Refuse(DetailCode.DeviceSignatureExpired, "device signature expired");
        if (string.IsNullOrEmpty(device.Nonce)) throw Refuse(DetailCode.DeviceNonceRequired, "device nonce required");
        if (device.Nonce != challenge.Nonce) throw Refuse(DetailCode.DeviceNonceMismatch, "device nonce mismatch");
        var signature = Decode(device.Signature, Ed25519.SignatureSize);
        if (signature is null || !(Verifies(key, Payload(connect, "v3"), signature) || Verifies(key, Payload(connect, "v2"), signature)))
            throw Refuse(DetailCode.DeviceSignatureInvalid, "device signature invalid");
    }

    /// <summary>The id of a key: lower-case hexadecimal SHA-256.</summary>
    public static string Id(ReadOnlySpan<byte> key) => BoxKey.IdOf(key);

    /// <summary>The text that is signed, of version <c>v2</c> or <c>v3</c>.</summary>
    public static string Payload(ConnectRequest connect, string version)
    {
        var (client, device) = (connect.Client, connect.Device!);
        var text = $"{version}|{device.Id}|{client.Id}|{client.Mode}|{connect.Role}|{string.Join(',', connect.Scopes)}|{device.SignedAt}|{connect.Auth.Signed}|{device.Nonce}";
        return version == "v3" ? $"{text}|{Plain(client.Platform)}|{Plain(client.DeviceFamily)}" : text;
    }

    // Only ASCII letters change case, as in the clients.
    private static string Plain(string? text) => string.Concat((text ?? "").Trim().Select(c => char.IsAsciiLetterUpper(c) ? (char)(c | 0x20) : c));

    private static bool Verifies(byte[] key, string payload, byte[] signature) => Ed25519.Verify(key, Encoding.UTF8.GetBytes(payload), signature);

    private static byte[]? Decode(string text, int size)
    {
        // The one spelling of these bytes alone: a second would be a second name for the same key.
        if (!Base64Url.IsValid(text, out var length) || length != size) return null;
        var bytes = Base64Url.DecodeFromChars(text);
        return Base64Url.EncodeToString(bytes) == text ? bytes : null;
    }

    private static GatewayException Refuse(string code, string message) =>
        new(ErrorCode.InvalidRequest, message) { Details = new(code) { AuthReason = code.ToLowerInvariant().Replace('_', '-') } };
}
