using System.Buffers.Binary;

namespace Appliance.Gateway.Connections.WebSockets;

/// <summary>The head of a frame (RFC 6455, section 5.2). Pure.</summary>
/// <param name="Opcode">What it is.</param>
/// <param name="IsFinal">True for a message's last frame.</param>
/// <param name="Length">Bytes of payload.</param>
/// <param name="Mask">What a client's payload is masked with, its first byte in the lowest place.</param>
internal readonly record struct FrameHeader(Opcode Opcode, bool IsFinal, long Length, uint Mask)
{
    /// <summary>Bytes of the longest head.</summary>
    public const int Longest = 14;

    /// <summary>Bytes of the longest payload of a control frame.</summary>
    public const int LongestControl = 125;

    /// <summary>True for close, ping and pong.</summary>
    public bool IsControl => Opcode >= Opcode.Close;

    /// <summary>Reads the head of a client's frame.</summary>
    /// <param name="bytes">What has come.</param>
    /// <param name="header">The head, where it is whole.</param>
    /// <returns>Bytes of the head; 0 where more must come first.</returns>
    /// <exception cref="WebSocketFault">No such frame is allowed; known from as few bytes as tell it.</exception>
    public static int Read(ReadOnlySpan<byte> bytes, out FrameHeader header)
    {
        header = default;
        if (bytes.IsEmpty) return 0;
        var (final, opcode) = ((bytes[0] & 0x80) != 0, (Opcode)(bytes[0] & 0x0F));
        if ((bytes[0] & 0x70) != 0) throw WebSocketFault.Protocol("reserved bits are set");
        if (opcode is > Opcode.Binary and < Opcode.Close or > Opcode.Pong) throw WebSocketFault.Protocol("reserved opcode");
        if (opcode >= Opcode.Close && !final) throw WebSocketFault.Protocol("a control frame in pieces");
        if (bytes.Length < 2) return 0;
        if ((bytes[1] & 0x80) == 0) throw WebSocketFault.Protocol("a client's frame without a mask");

        var (size, length) = (bytes[1] & 0x7F) switch { 126 => (4, 0L), 127 => (10, 0L), var few => (2, (long)few) };
        if (opcode >= Opcode.Close && size > 2) throw WebSocketFault.Protocol("a control frame above 125 bytes");
        if (bytes.Length < size) return 0;
        if (size == 4) length = BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]);
        if (size == 10) length = BinaryPrimitives.ReadInt64BigEndian(bytes[2..]);
        if (length < size switch { 4 => 126, 10 => 65536, _ => 0 }) throw WebSocketFault.Protocol("a length that is not in its shortest form");

        if (bytes.Length < size + 4) return 0;
        header = new FrameHeader(opcode, final, length, BinaryPrimitives.ReadUInt32LittleEndian(bytes[size..]));
        return size + 4;
    }

    /// <summary>Writes the head of a server's frame, which is whole and not masked.</summary>
    /// <returns>Bytes written.</returns>
    public static int Write(Span<byte> to, Opcode opcode, int length)
    {
        to[0] = (byte)(0x80 | (int)opcode);
        if (length < 126)
        {
            to[1] = (byte)length;
            return 2;
        }
        if (length <= ushort.MaxValue)
        {
            to[1] = 126;
            BinaryPrimitives.WriteUInt16BigEndian(to[2..], (ushort)length);
            return 4;
        }
        to[1] = 127;
        BinaryPrimitives.WriteInt64BigEndian(to[2..], length);
        return 10;
    }
}
