using System.Buffers.Binary;
using System.Text;
using Models.Import.Weights;

namespace Models.Import.Gguf;

/// <summary>Reads a mapped GGUF file forwards; every read is checked against the file's end.</summary>
internal sealed class GgufCursor(MappedFile file, long position = 0)
{
    private const int LongestString = 4 << 20;
    private const int LongestName = 1024;

    /// <summary>Offset of the next byte.</summary>
    public long Position { get; private set; } = position;

    public ReadOnlySpan<byte> Bytes(long length)
    {
        var bytes = file.Slice(Position, length);
        Position += length;
        return bytes;
    }

    public byte U8() => Bytes(1)[0];

    public uint U32() => BinaryPrimitives.ReadUInt32LittleEndian(Bytes(4));

    public ulong U64() => BinaryPrimitives.ReadUInt64LittleEndian(Bytes(8));

    /// <summary>A count of things that take at least <paramref name="leastBytes"/> each, so a count the file cannot hold is refused.</summary>
    public int Count(string what, int leastBytes)
    {
        var count = U64();
        if (count > (ulong)((file.Length - Position) / leastBytes) || count > int.MaxValue)
            throw new ImportException($"{file.Path} claims {count:N0} {what}, more than fit the file: it is damaged. Fetch it again.");
        return (int)count;
    }

    /// <summary>A string: its length in bytes, then UTF-8.</summary>
    public string String() => Encoding.UTF8.GetString(Bytes(StringLength(LongestString)));

    /// <summary>A key or the name of a tensor.</summary>
    public string Name() => Encoding.UTF8.GetString(Bytes(StringLength(LongestName)));

    /// <summary>Steps over a string.</summary>
    public void SkipString() => Bytes(StringLength(LongestString));

    private long StringLength(int longest)
    {
        var length = U64();
        if (length > (ulong)longest)
            throw new ImportException($"{file.Path} holds a string of {length:N0} bytes at offset {Position - 8:N0}: it is damaged. Fetch it again.");
        return (long)length;
    }
}
