using System.Text;
using Models.Crypto;
using Runtime.Audit.Merkle;

namespace Runtime.Audit.Storage;

/// <summary>
/// A line of the log: a JSON object whose last field vouches for the bytes before it. What is hashed or signed are those bytes as they
/// stand, closed by a brace: nothing is read and written again to check it. Pure.
/// </summary>
internal static class CanonicalLine
{
    private const string HashField = "hash", SignatureField = "sig";
    private const int HashLength = 2 * Sha256.Size;

    // 64 bytes in base64url.
    private const int SignatureLength = 86;

    /// <summary>The first record's predecessor.</summary>
    public static string NoHash { get; } = new('0', HashLength);

    /// <summary>A record's line, without the line feed, and its hash: the leaf hash of RFC 6962.</summary>
    public static (byte[] Line, byte[] Hash) Hashed(byte[] body)
    {
        var hash = MerkleTree.Leaf(body);
        return (Close(body, HashField, Convert.ToHexStringLower(hash)), hash);
    }

    /// <summary>A checkpoint's line, without the line feed.</summary>
    public static byte[] Signed(byte[] body, string signature) => Close(body, SignatureField, signature);

    /// <summary>Takes a record's line apart.</summary>
    /// <param name="line">The line, without the line feed.</param>
    /// <param name="body">What is hashed.</param>
    /// <param name="stated">The hash it states.</param>
    public static bool TrySplitHash(ReadOnlySpan<byte> line, out byte[] body, out byte[] stated)
    {
        stated = [];
        if (!TrySplit(line, HashField, HashLength, out body, out var hex)) return false;
        foreach (var c in hex)
        {
            // One spelling alone: another would be another line with the same hash.
            if (!char.IsAsciiHexDigitLower(c)) return false;
        }
        stated = Convert.FromHexString(hex);
        return true;
    }

    /// <summary>Takes a checkpoint's line apart.</summary>
    public static bool TrySplitSignature(ReadOnlySpan<byte> line, out byte[] body, out string signature) =>
        TrySplit(line, SignatureField, SignatureLength, out body, out signature);

    private static byte[] Close(byte[] body, string field, string value) => [.. body.AsSpan(0, body.Length - 1), .. Encoding.ASCII.GetBytes($",\"{field}\":\"{value}\"}}")];

    private static bool TrySplit(ReadOnlySpan<byte> line, string field, int length, out byte[] body, out string value)
    {
        (body, value) = ([], "");
        var opening = Encoding.ASCII.GetBytes($",\"{field}\":\"");
        var at = line.Length - 2 - length - opening.Length;
        if (at < 2 || line[0] != (byte)'{' || !line[at..].StartsWith(opening) || !line.EndsWith("\"}"u8)) return false;
        body = [.. line[..at], (byte)'}'];
        value = Encoding.ASCII.GetString(line.Slice(at + opening.Length, length));
        return true;
    }
}
