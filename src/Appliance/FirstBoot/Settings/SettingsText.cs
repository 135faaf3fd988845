using System.Text;

namespace Appliance.FirstBoot.Settings;

/// <summary>The bytes of a settings file as text: UTF-8, or UTF-16 with its mark, as editors of every system write it. Pure.</summary>
internal static class SettingsText
{
    /// <summary>Largest file that is read, bytes.</summary>
    public const int Largest = 64 * 1024;

    private const string Save = "Save it as plain text in UTF-8 (Notepad: Save as, Encoding)";

    /// <summary>The text, or what is wrong with it.</summary>
    public static (string? Text, SettingFault? Fault) Decode(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > Largest) return (null, new(0, null, $"the file is too large: {Largest} bytes at most are read"));
        if (bytes.Length == 0) return (null, new(0, null, "the file is empty; perhaps it was not copied to its end"));
        if (bytes.StartsWith(new byte[] { 0xff, 0xfe, 0, 0 })) return (null, new(0, null, $"the file is UTF-32. {Save}"));
        var (encoding, mark) = bytes switch
        {
            [0xef, 0xbb, 0xbf, ..] => (Strict, 3),
            [0xff, 0xfe, ..] => (new UnicodeEncoding(bigEndian: false, byteOrderMark: false, throwOnInvalidBytes: true), 2),
            [0xfe, 0xff, ..] => (new UnicodeEncoding(bigEndian: true, byteOrderMark: false, throwOnInvalidBytes: true), 2),
            _ => ((Encoding)Strict, 0),
        };
        try
        {
            var text = encoding.GetString(bytes[mark..]);
            if (text.IndexOf('\0', StringComparison.Ordinal) is var at and >= 0)
                return (null, new(LineAt(text, at), null, $"there are bytes that are no text; the file was not copied to its end, or it is none of plain text. {Save}"));
            return (text, null);
        }
        catch (DecoderFallbackException e)
        {
            return (null, new(mark == 2 ? 0 : LineAt(Encoding.Latin1.GetString(bytes), mark + Math.Max(0, e.Index)), null, $"there is a character that is not UTF-8. {Save}"));
        }
    }

    private static UTF8Encoding Strict { get; } = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private static int LineAt(string text, int at) => 1 + text.AsSpan(0, Math.Min(at, text.Length)).Count('\n');
}
