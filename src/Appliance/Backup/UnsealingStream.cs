using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Appliance.Backup;

/// <summary>Reads what was sealed (<see cref="SealedFormat"/>); the mark has been read. Gives nothing that has not been authenticated.</summary>
/// <exception cref="InvalidDataException">The passphrase is another one, or a byte is not what it was.</exception>
internal sealed class UnsealingStream(Stream input, string passphrase) : Stream
{
    private readonly AesGcm _cipher = SealedFormat.Open(input, passphrase);
    private readonly byte[] _text = new byte[SealedFormat.Piece], _sealed = new byte[SealedFormat.Piece + SealedFormat.Tag];
    private int _at, _filled;
    private long _number;
    private bool _isLast;

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => false;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer)
    {
        while (_at == _filled && !_isLast) ReadPiece();
        var taken = Math.Min(buffer.Length, _filled - _at);
        _text.AsSpan(_at, taken).CopyTo(buffer);
        _at += taken;
        return taken;
    }

    /// <inheritdoc/>
    public override void Flush() { }

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing) _cipher.Dispose();
        base.Dispose(disposing);
    }

    private void ReadPiece()
    {
        Span<byte> head = stackalloc byte[5];
        input.ReadExactly(head);
        var length = BinaryPrimitives.ReadInt32LittleEndian(head);
        if (length is < 0 or > SealedFormat.Piece) throw new InvalidDataException("a piece has no sensible length");
        input.ReadExactly(_sealed.AsSpan(0, length + SealedFormat.Tag));
        try
        {
            _cipher.Decrypt(SealedFormat.Nonce(_number), _sealed.AsSpan(0, length), _sealed.AsSpan(length, SealedFormat.Tag), _text.AsSpan(0, length), head);
        }
        catch (AuthenticationTagMismatchException e)
        {
            throw new InvalidDataException(_number == 0 ? "the passphrase is another one, or the file was changed" : "the file was changed", e);
        }
        (_at, _filled, _isLast, _number) = (0, length, head[4] == 1, _number + 1);
    }
}
