using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Models.Crypto;

namespace Appliance.Gateway.Identity;

/// <summary>Tokens: made at random, kept as hashes, compared in constant time.</summary>
internal static class Secret
{
    /// <summary>Fewest characters of a token that a person chose.</summary>
    public const int Shortest = 32;

    /// <summary>Fewest different characters of one: fewer are no secret, whatever its length.</summary>
    public const int FewestKinds = 6;

    private const string NoHash = "0000000000000000000000000000000000000000000000000000000000000000";

    /// <summary>A new token of 256 random bits, 43 characters.</summary>
    public static string New()
    {
        Span<byte> bits = stackalloc byte[32];
        RandomBits.Fill(bits);
        return Base64Url.EncodeToString(bits);
    }

    /// <summary>The hash to keep, hexadecimal. Random tokens of this length need no salt and no slow hash.</summary>
    public static string Hash(string token) => Convert.ToHexStringLower(Sha256.Hash(Encoding.UTF8.GetBytes(token)));

    /// <summary>Compares a token with a kept hash. Hashes have one length, so that time does not tell the token's.</summary>
    public static bool Matches(string? token, string? hash) =>
        CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(Hash(token ?? "")), Encoding.ASCII.GetBytes(hash ?? NoHash))
        && !string.IsNullOrEmpty(token) && hash is not null;
}
