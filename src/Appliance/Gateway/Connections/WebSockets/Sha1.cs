using System.Buffers.Binary;
using System.Numerics;

namespace Appliance.Gateway.Connections.WebSockets;

/// <summary>
/// SHA-1 (FIPS 180-4) for the one thing that still needs it, the answer to a WebSocket's key, which guards nothing (RFC 6455, section
/// 4.2.2). .NET's own would load OpenSSL: four megabytes of an idle box (docs/adr/0007).
/// </summary>
internal static class Sha1
{
    private const int Block = 64;

    /// <summary>The 20 bytes of the hash.</summary>
    public static byte[] Hash(ReadOnlySpan<byte> data)
    {
        Span<uint> state = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0];
        var rest = data;
        for (; rest.Length >= Block; rest = rest[Block..]) Mix(state, rest);

        // A one, zeros, and the length in bits fill the last block, or two.
        Span<byte> last = stackalloc byte[rest.Length < Block - 8 ? Block : 2 * Block];
        last.Clear();
        rest.CopyTo(last);
        last[rest.Length] = 0x80;
        BinaryPrimitives.WriteInt64BigEndian(last[^8..], data.Length * 8L);
        for (var at = 0; at < last.Length; at += Block) Mix(state, last[at..]);

        var hash = new byte[20];
        for (var i = 0; i < state.Length; i++) BinaryPrimitives.WriteUInt32BigEndian(hash.AsSpan(4 * i), state[i]);
        return hash;
    }

    private static void Mix(Span<uint> state, ReadOnlySpan<byte> block)
    {
        Span<uint> w = stackalloc uint[80];
        for (var i = 0; i < 16; i++) w[i] = BinaryPrimitives.ReadUInt32BigEndian(block[(4 * i)..]);
        for (var i = 16; i < 80; i++) w[i] = BitOperations.RotateLeft(w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16], 1);
        var (a, b, c, d, e) = (state[0], state[1], state[2], state[3], state[4]);
        for (var i = 0; i < 80; i++)
        {
            var (f, k) = (i / 20) switch
            {
                0 => ((b & c) | (~b & d), 0x5a827999u),
                1 => (b ^ c ^ d, 0x6ed9eba1u),
                2 => ((b & c) | (b & d) | (c & d), 0x8f1bbcdcu),
                _ => (b ^ c ^ d, 0xca62c1d6u),
            };
            (e, d, c, b, a) = (d, c, BitOperations.RotateLeft(b, 30), a, BitOperations.RotateLeft(a, 5) + f + e + k + w[i]);
        }
        state[0] += a;
        state[1] += b;
        state[2] += c;
        state[3] += d;
        state[4] += e;
    }
}
