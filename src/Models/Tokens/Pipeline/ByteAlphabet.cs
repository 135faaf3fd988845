using System.Text;

namespace Models.Tokens.Pipeline;

/// <summary>
/// The 256 printable characters that byte-level vocabularies spell bytes with (GPT-2's encoder): printable Latin-1 stands for
/// itself, every other byte for U+0100 and up, in order.
/// </summary>
internal static class ByteAlphabet
{
    private static readonly char[] Characters = MakeCharacters();
    private static readonly short[] Bytes = MakeBytes();

    /// <summary>The character that spells a byte.</summary>
    public static char Spell(byte value) => Characters[value];

    /// <summary>The text that spells bytes.</summary>
    public static string Spell(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder(bytes.Length);
        foreach (var value in bytes)
            text.Append(Characters[value]);
        return text.ToString();
    }

    /// <summary>Reads the bytes that a text spells.</summary>
    /// <param name="spelled">The text as UTF-8.</param>
    /// <param name="bytes">Room for as many bytes; may be the same memory as <paramref name="spelled"/>.</param>
    /// <returns>How many bytes, or -1 where a character is not of this alphabet.</returns>
    public static int Read(ReadOnlySpan<byte> spelled, Span<byte> bytes)
    {
        var count = 0;
        for (var at = 0; at < spelled.Length; at++)
        {
            int character = spelled[at];
            if (character >= 0x80) // all of the alphabet is one or two bytes long
                character = (character & 0xE0) == 0xC0 && at + 1 < spelled.Length ? ((character & 0x1F) << 6) | (spelled[++at] & 0x3F) : int.MaxValue;
            if (character >= Bytes.Length || Bytes[character] < 0)
                return -1;
            bytes[count++] = (byte)Bytes[character];
        }
        return count;
    }

    private static char[] MakeCharacters()
    {
        var characters = new char[256];
        var next = (char)256;
        for (var value = 0; value < 256; value++)
            characters[value] = value is (>= '!' and <= '~') or (>= 0xA1 and <= 0xAC) or >= 0xAE ? (char)value : next++;
        return characters;
    }

    private static short[] MakeBytes()
    {
        var bytes = new short[Characters.Max() + 1];
        bytes.AsSpan().Fill(-1);
        for (var value = 0; value < 256; value++)
            bytes[Characters[value]] = (short)value;
        return bytes;
    }
}
