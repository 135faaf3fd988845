using System.Buffers;
using System.Buffers.Binary;
using System.Net.WebSockets;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Unicode;

namespace Appliance.Gateway.Connections.WebSockets;

/// <summary>A message as it comes in, in a pooled buffer that grows with what has come and not with what was announced.</summary>
internal sealed class IncomingMessage(bool isText) : IDisposable
{
    private byte[] _buffer = [];
    private int _valid;

    /// <summary>True for text, which has been checked to be UTF-8.</summary>
    public bool IsText { get; } = isText;

    /// <summary>Bytes so far.</summary>
    public int Length { get; private set; }

    /// <summary>What has come.</summary>
    public ReadOnlySpan<byte> Span => _buffer.AsSpan(0, Length);

    /// <summary>Room for more, at least a byte and at most so many.</summary>
    public Memory<byte> Free(long most)
    {
        if (Length == _buffer.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(2 * Length, (int)Math.Min(most, 4096)));
            Span.CopyTo(larger);
            Release();
            _buffer = larger;
        }
        return _buffer.AsMemory(Length, (int)Math.Min(most, _buffer.Length - Length));
    }

    /// <summary>So many masked bytes were put where room was.</summary>
    /// <param name="count">Bytes.</param>
    /// <param name="mask">Their mask, beginning with the first of them.</param>
    public void Add(int count, uint mask)
    {
        Unmask(_buffer.AsSpan(Length, count), mask);
        Length += count;
    }

    /// <summary>Checks the text so far, so that a wrong byte is met as soon as it comes.</summary>
    /// <exception cref="WebSocketFault">It is not UTF-8, or ends in the middle of a character.</exception>
    public void CheckText(bool isWhole)
    {
        if (!IsText) return;
        var rest = Span[_valid..];
        if (!Utf8.IsValid(rest))
        {
            var whole = rest.Length - Unfinished(rest);
            if (isWhole || whole == rest.Length || !Utf8.IsValid(rest[..whole])) throw new WebSocketFault(WebSocketCloseStatus.InvalidPayloadData, "not valid UTF-8");
            rest = rest[..whole];
        }
        _valid += rest.Length;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Release();
        _buffer = [];
    }

    /// <summary>Takes the mask off, or puts it on.</summary>
    public static void Unmask(Span<byte> data, uint mask)
    {
        if (mask == 0) return;
        var wide = mask | (ulong)mask << 32;
        var words = MemoryMarshal.Cast<byte, ulong>(data);
        for (var i = 0; i < words.Length; i++) words[i] ^= BitConverter.IsLittleEndian ? wide : BinaryPrimitives.ReverseEndianness(wide);
        for (var i = words.Length * sizeof(ulong); i < data.Length; i++) data[i] ^= (byte)(mask >> (8 * (i & 3)));
    }

    /// <summary>The mask of what comes after so many bytes of a frame.</summary>
    public static uint Advance(uint mask, long bytes) => BitOperations.RotateRight(mask, (int)(bytes & 3) * 8);

    /// <summary>Bytes at the end that begin a character which more bytes could finish.</summary>
    private static int Unfinished(ReadOnlySpan<byte> text)
    {
        for (var tail = 1; tail <= Math.Min(3, text.Length); tail++)
        {
            // Bytes that go on with a character are 10xxxxxx; the first that does not, from the end, begins one.
            if ((text[^tail] & 0xC0) != 0x80) return Rune.DecodeFromUtf8(text[^tail..], out _, out _) == OperationStatus.NeedMoreData ? tail : 0;
        }
        return 0;
    }

    private void Release()
    {
        if (_buffer.Length > 0) ArrayPool<byte>.Shared.Return(_buffer);
    }
}
