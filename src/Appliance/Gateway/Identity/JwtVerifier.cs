using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Models.Crypto;

namespace Appliance.Gateway.Identity;

/// <summary>
/// Takes JSON Web Tokens (RFC 7519, compact and signed) of the one issuer that is configured. Strict, by RFC 8725: the algorithm is pinned,
/// <c>exp</c>, <c>iss</c>, <c>aud</c> and <c>sub</c> must be there, and a token may do what its <c>scope</c> says and nothing without one.
/// Immutable and safe for several threads.
/// </summary>
internal sealed class JwtVerifier(JwtOptions options, TimeProvider time)
{
    /// <summary>Longest token, characters.</summary>
    public const int Longest = 8 * 1024;

    /// <summary>How far clocks may differ.</summary>
    public static readonly TimeSpan Leeway = TimeSpan.FromSeconds(30);

    /// <summary>Who a token says it is; null for one that is not taken. Why is told to nobody.</summary>
    public Principal? Verify(string token)
    {
        // No padding (RFC 7515, section 2): one token has one spelling.
        if (token.Length > Longest || token.Contains('=') || token.Split('.') is not [var head, var body, var signature]) return null;
        try
        {
            // The signature is looked at first: nothing of what was not signed is believed.
            if (!IsSigned(token[..(head.Length + 1 + body.Length)], Base64Url.DecodeFromChars(signature))) return null;
            return HeadAgrees(Read(head)) ? ToPrincipal(Read(body)) : null;
        }
        catch (Exception e) when (e is FormatException or JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private bool IsSigned(string text, byte[] signature)
    {
        var signed = Encoding.ASCII.GetBytes(text);
        return options.Algorithm switch
        {
            JwtOptions.Hs256 => CryptographicOperations.FixedTimeEquals(HMACSHA256.HashData(options.Key, signed), signature),
            JwtOptions.EdDsa => Ed25519.Verify(options.Key, signed, signature),
            _ => false,
        };
    }

    private static JsonElement Read(string part)
    {
        var json = Base64Url.DecodeFromChars(part);
        var read = JsonElement.Parse(json);
        return read.ValueKind == JsonValueKind.Object ? read : throw new JsonException("no object");
    }

    private bool HeadAgrees(JsonElement head)
    {
        if (Text(head, "alg") != options.Algorithm || head.TryGetProperty("crit", out _)) return false;
        return !head.TryGetProperty("typ", out _) || Text(head, "typ") is { } type
            && (type.Equals("JWT", StringComparison.OrdinalIgnoreCase) || type.Equals("at+jwt", StringComparison.OrdinalIgnoreCase));
    }

    private Principal? ToPrincipal(JsonElement claims)
    {
        var now = time.GetUtcNow();
        if (Time(claims, "exp") is not { } ends || ends + Leeway <= now) return null;
        if (claims.TryGetProperty("nbf", out _) && !(Time(claims, "nbf") - Leeway <= now)) return null;
        if (claims.TryGetProperty("iat", out _) && !(Time(claims, "iat") - Leeway <= now)) return null;
        if (Text(claims, "iss") != options.Issuer || !IsForUs(claims)) return null;
        if (Text(claims, "sub") is not { Length: > 0 and <= 256 } subject) return null;
        var scopes = Scope.Clean((Text(claims, "scope") ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries));
        return new Principal(Principal.Operator, scopes, null, "jwt") { Subject = subject };
    }

    private bool IsForUs(JsonElement claims)
    {
        if (!claims.TryGetProperty("aud", out var audience)) return false;
        return audience.ValueKind == JsonValueKind.Array ? audience.EnumerateArray().Any(IsOurs) : IsOurs(audience);
    }

    private bool IsOurs(JsonElement audience) => audience.ValueKind == JsonValueKind.String && audience.ValueEquals(options.Audience);

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    // Seconds since 1970, which may have a fraction (RFC 7519, section 2).
    private static DateTimeOffset? Time(JsonElement claims, string name) =>
        claims.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var seconds) && seconds is > 0 and < 253_402_300_000
            ? DateTimeOffset.UnixEpoch.AddSeconds(seconds) : null;
}
