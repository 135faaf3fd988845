using System.Buffers.Binary;

namespace Models.Onnx.Library;

/// <summary>
/// Undoes the filter that x64 code goes through before it is compressed (<c>pack.mjs</c>): what calls, jumps and addresses relative to
/// the instruction point to is written as the place in the file, so that all uses of one place look alike. It saves a sixth of the
/// compressed size. Bytes come in order, in pieces of any length. Not safe for several threads.
/// <list type="bullet">
/// <item>An operand is the 4 bytes after E8 or E9, or those after a byte 48–4F or 0F, any byte, and one with <c>byte &amp; C7 = 05</c>. No
/// byte of an operand before it counts, so that it is found in the filtered file where it was in the other.</item>
/// <item>A distance that stays within the file became the place; one that does not, but would be taken for a place, became the distance less
/// the file's length; others stayed. So every file comes back as it was, whatever is in it.</item>
/// </list>
/// </summary>
internal sealed class BranchFilter(int length)
{
    private int _done;
    // The bytes since the last operand, the newest lowest.
    private uint _seen;

    /// <summary>Undoes the filter in place.</summary>
    /// <param name="bytes">The file from where the last call stopped.</param>
    /// <returns>How many of them are finished; the others come again, at the beginning of the next call, with what follows them. All of them
    /// once the end of the file is among them.</returns>
    public int Undo(Span<byte> bytes)
    {
        var at = 0;
        while (at + 4 <= bytes.Length)
        {
            if (!IsBeforeOperand(_seen))
            {
                _seen = _seen << 8 | bytes[at++];
                continue;
            }
            var operand = bytes.Slice(at, 4);
            at += 4;
            var (place, end) = (BinaryPrimitives.ReadInt32LittleEndian(operand), _done + at);
            BinaryPrimitives.WriteInt32LittleEndian(operand, place >= 0 && place < length ? place - end : place < 0 && place >= -end ? place + length : place);
            _seen = 0;
        }
        if (_done + bytes.Length == length) at = bytes.Length;
        _done += at;
        return at;
    }

    private static bool IsBeforeOperand(uint seen) =>
        (seen & 0xFE) == 0xE8 || ((seen & 0xC7) == 0x05 && ((seen & 0xF80000) == 0x480000 || (seen & 0xFF0000) == 0x0F0000));
}
