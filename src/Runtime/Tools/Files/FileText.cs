using System.Text;

namespace Runtime.Tools.Files;

/// <summary>Text files: UTF-8, with or without a mark at the beginning. Pure.</summary>
internal static class FileText
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The text of these bytes.</summary>
    /// <exception cref="ToolException">They are none.</exception>
    public static string Of(string path, ReadOnlySpan<byte> bytes) =>
        TryGet(bytes, out var text) ? text : throw new ToolException($"{path} is not a text file ({bytes.Length} bytes).");

    /// <summary>The text of these bytes, where they are one.</summary>
    public static bool TryGet(ReadOnlySpan<byte> bytes, out string text)
    {
        text = "";
        if (bytes.Contains((byte)0)) return false;
        try { text = Strict.GetString(bytes.StartsWith(Encoding.UTF8.Preamble) ? bytes[Encoding.UTF8.Preamble.Length..] : bytes); }
        catch (DecoderFallbackException) { return false; }
        return true;
    }

    /// <summary>The bytes of a text.</summary>
    /// <exception cref="ToolException">It holds half a character.</exception>
    public static byte[] Bytes(string text)
    {
        try { return Strict.GetBytes(text); }
        catch (EncoderFallbackException e) { throw new ToolException("The text is not valid Unicode.", e); }
    }
}
