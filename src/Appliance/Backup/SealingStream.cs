using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Appliance.Backup;

/// <summary>Seals what is written (<see cref="SealedFormat"/>). Disposing writes the last piece; the output stays open.</summary>
internal sealed class SealingStream(Stream output, string passphrase) : Stream
{
    private readonly AesGcm _cipher = SealedFormat.Begin(output, passphrase);
    private readonly byte[] _text = new byte[SealedFormat.Piece], _sealed = new byte[SealedFormat.Piece + SealedFormat.Tag];
    private int _filled;
    private long _number;
    private bool _isClosed;

    /// <inheritdoc/>
    public override bool CanRead => false;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => true;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    /// <inheritdoc/>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            if (_filled == _text.Length) WritePiece(isLast: false);
            var taken = Math.Min(buffer.Length, _text.Length - _filled);
            buffer[..taken].CopyTo(_text.AsSpan(_filled));
            _filled += taken;
            buffer = buffer[taken..];
        }
    }

    /// <inheritdoc/>
    public override void Flush() { }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing && !_isClosed)
        {
            _isClosed = true;
            WritePiece(isLast: true);
            _cipher.Dispose();
        }
        base.Dispose(disposing);
    }

    private void WritePiece(bool isLast)
    {
        Span<byte> head = stackalloc byte[5];
        BinaryPrimitives.WriteInt32LittleEndian(head, _filled);
        head[4] = isLast ? (byte)1 : (byte)0;
        _cipher.Encrypt(SealedFormat.Nonce(_number++), _text.AsSpan(0, _filled), _sealed.AsSpan(0, _filled), _sealed.AsSpan(_filled, SealedFormat.Tag), head);
        output.Write(head);
        output.Write(_sealed.AsSpan(0, _filled + SealedFormat.Tag));
        _filled = 0;
    }
}
