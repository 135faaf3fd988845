using System.Buffers.Binary;
using System.Net;

namespace Appliance.FirstBoot.Setup;

/// <summary>
/// Answers every question for a name with the box's own address (RFC 1035), so that a phone that looks for the Internet finds the setup page. Pure.
/// </summary>
internal static class CaptiveDns
{
    private const int Header = 12, MostQuestion = 255 + 4;
    private const ushort TypeA = 1, TypeAny = 255, ClassInternet = 1;

    /// <summary>The answer to a packet; null for what is no question. It is at most 16 bytes longer than the question, so that it makes nobody's flood larger.</summary>
    public static byte[]? Answer(ReadOnlySpan<byte> packet, IPAddress address)
    {
        // One question, no answer, a standard query.
        if (packet.Length < Header + 5 || (packet[2] & 0xf8) != 0 || BinaryPrimitives.ReadUInt16BigEndian(packet[4..]) != 1) return null;
        var at = Header;
        while (at < packet.Length && packet[at] != 0)
        {
            if (packet[at] > 63) return null;
            at += packet[at] + 1;
        }
        var end = at + 5;
        if (end > packet.Length || end - Header > MostQuestion) return null;
        var (type, kind) = (BinaryPrimitives.ReadUInt16BigEndian(packet[(at + 1)..]), BinaryPrimitives.ReadUInt16BigEndian(packet[(at + 3)..]));
        var isKnown = type is TypeA or TypeAny && kind == ClassInternet;

        var answer = new byte[end + (isKnown ? 16 : 0)];
        packet[..end].CopyTo(answer);
        // A response, authoritative, with the question's own wish for recursion; no error. Counts: one question, our answer, nothing else.
        (answer[2], answer[3]) = ((byte)(0x84 | (packet[2] & 1)), 0);
        answer.AsSpan(6, 6).Clear();
        if (!isKnown) return answer;
        answer[7] = 1;
        var record = answer.AsSpan(end);
        // The question's name, type A, class IN, no second of life, four bytes.
        BinaryPrimitives.WriteUInt16BigEndian(record, 0xc000 | Header);
        (record[3], record[5], record[11]) = ((byte)TypeA, (byte)ClassInternet, 4);
        address.TryWriteBytes(record[12..], out _);
        return answer;
    }
}
