using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Appliance.Backup;

/// <summary>
/// How a backup is sealed with a passphrase: a head (mark, salt, rounds), then pieces of 64 KiB in AES-256-GCM. The key comes from
/// PBKDF2-HMAC-SHA256 (RFC 8018; 600,000 rounds, as OWASP's cheat sheet of 2023 has it). A piece's nonce is its number, and its number and
/// whether it is the last are authenticated, so that no piece can be moved, left out or cut off.
/// </summary>
internal static class SealedFormat
{
    /// <summary>Bytes of text in a piece.</summary>
    public const int Piece = 64 * 1024;

    /// <summary>Bytes of a tag.</summary>
    public const int Tag = 16;

    private const int Salt = 16, Rounds = 600_000, MostRounds = 10_000_000;

    /// <summary>What every sealed backup begins with.</summary>
    public static ReadOnlySpan<byte> Mark => "APPLBAK1"u8;

    /// <summary>Writes the head of a new one.</summary>
    public static AesGcm Begin(Stream output, string passphrase)
    {
        Span<byte> head = stackalloc byte[Salt + 4];
        RandomNumberGenerator.Fill(head[..Salt]);
        BinaryPrimitives.WriteInt32LittleEndian(head[Salt..], Rounds);
        output.Write(Mark);
        output.Write(head);
        return Key(passphrase, head[..Salt], Rounds);
    }

    /// <summary>Reads the head after the mark.</summary>
    public static AesGcm Open(Stream input, string passphrase)
    {
        Span<byte> head = stackalloc byte[Salt + 4];
        input.ReadExactly(head);
        var rounds = BinaryPrimitives.ReadInt32LittleEndian(head[Salt..]);
        if (rounds is < 1 or > MostRounds) throw new InvalidDataException($"it asks for {rounds} rounds");
        return Key(passphrase, head[..Salt], rounds);
    }

    /// <summary>The nonce of a piece.</summary>
    public static byte[] Nonce(long number)
    {
        var nonce = new byte[12];
        BinaryPrimitives.WriteInt64LittleEndian(nonce, number);
        return nonce;
    }

    private static AesGcm Key(string passphrase, ReadOnlySpan<byte> salt, int rounds) =>
        new(Rfc2898DeriveBytes.Pbkdf2(Encoding.UTF8.GetBytes(passphrase.Normalize()), salt.ToArray(), rounds, HashAlgorithmName.SHA256, 32), Tag);
}
