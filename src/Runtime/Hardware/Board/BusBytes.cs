using System.Text;
using System.Text.Unicode;

namespace Runtime.Hardware.Board;

/// <summary>Bytes as people and models write them: in hexadecimal, or as text. Pure.</summary>
public static class BusBytes
{
    /// <summary>Reads a row of bytes in hexadecimal, such as <c>0f</c>, <c>0x00a1</c> or <c>0x0f, 0xa1</c>.</summary>
    /// <exception cref="HardwareException">It is none.</exception>
    public static byte[] Parse(string hex)
    {
        var bytes = new List<byte>();
        try
        {
            // Each word a whole byte, or several: what is half of one would move all that follows.
            foreach (var word in hex.Split([' ', ','], StringSplitOptions.RemoveEmptyEntries)) bytes.AddRange(Convert.FromHexString(word.StartsWith("0x", StringComparison.OrdinalIgnoreCase) ? word[2..] : word));
        }
        catch (FormatException e)
        {
            throw new HardwareException($"{hex} is no row of bytes in hexadecimal, such as 0f or 00a1.", e);
        }
        return [.. bytes];
    }

    /// <summary>What came, to be read: as text where it is text of somebody who was to write some, else in hexadecimal.</summary>
    public static string Text(ReadOnlySpan<byte> bytes, bool mayBeText)
    {
        if (!mayBeText || !Utf8.IsValid(bytes)) return Convert.ToHexStringLower(bytes);
        var text = Encoding.UTF8.GetString(bytes);
        return text.Any(c => char.IsControl(c) && c is not ('\n' or '\r' or '\t')) ? Convert.ToHexStringLower(bytes) : text;
    }
}
