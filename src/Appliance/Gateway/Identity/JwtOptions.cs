using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Models;
using Models.Crypto;

namespace Appliance.Gateway.Identity;

/// <summary>Whose JWTs are taken: one issuer, one audience, one algorithm, one key. Immutable.</summary>
internal sealed record JwtOptions
{
    /// <summary>HMAC with SHA-256 and a shared secret (RFC 7518, section 3.2).</summary>
    public const string Hs256 = "HS256";

    /// <summary>Ed25519 and the issuer's public key (RFC 8037).</summary>
    public const string EdDsa = "EdDSA";

    private static readonly byte[] SpkiHead = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];

    /// <summary><see cref="Hs256"/> or <see cref="EdDsa"/>; what a token says of itself is compared with this and never believed.</summary>
    public required string Algorithm { get; init; }

    /// <summary>The secret's bytes, or the public key's 32.</summary>
    public required byte[] Key { get; init; }

    /// <summary>What <c>iss</c> must be.</summary>
    public required string Issuer { get; init; }

    /// <summary>What must be in <c>aud</c>.</summary>
    public required string Audience { get; init; }

    /// <summary>Reads a key as a person writes it down: an HMAC secret as it is; a public key as base64url or PEM.</summary>
    /// <exception cref="ModelException">The algorithm is another, the secret too short, or the key none.</exception>
    public static JwtOptions Create(string algorithm, string key, string issuer, string audience)
    {
        if (issuer.Length == 0 || audience.Length == 0) throw new ModelException("gateway.jwt needs issuer and audience: a token made for another service must not open this one.");
        return new()
        {
            Algorithm = algorithm,
            Key = algorithm switch
            {
                Hs256 => Encoding.UTF8.GetBytes(key) is { Length: >= Secret.Shortest } secret ? secret
                    : throw new ModelException($"The key of gateway.jwt is too short to be a secret: HS256 needs at least {Secret.Shortest} characters. `openssl rand -hex 32` makes one."),
                EdDsa => ReadPublicKey(key.Trim()) ?? throw new ModelException("The key of gateway.jwt is no Ed25519 public key: 32 bytes in base64url (the x of a JWK), or PEM."),
                _ => throw new ModelException($"gateway.jwt.algorithm must be {Hs256} or {EdDsa}, not '{algorithm}'."),
            },
            Issuer = issuer,
            Audience = audience,
        };
    }

    /// <summary>A key is for nobody's log.</summary>
    public override string ToString() => $"{Algorithm} tokens of {Issuer} for {Audience}";

    private static byte[]? ReadPublicKey(string text)
    {
        byte[]? bytes = null;
        if (PemEncoding.TryFind(text, out var pem)) bytes = Convert.FromBase64String(text[pem.Base64Data].ReplaceLineEndings(""));
        else if (Base64Url.IsValid(text)) bytes = Base64Url.DecodeFromChars(text);
        if (bytes is { Length: Ed25519.KeySize }) return bytes;
        return bytes?.Length == SpkiHead.Length + Ed25519.KeySize && bytes.AsSpan().StartsWith(SpkiHead) ? bytes[SpkiHead.Length..] : null;
    }
}
