using System.Buffers;
using System.Globalization;
using System.Text;

namespace Models.Routing.Classifying;

/// <summary>Ways in which a text hides in another: base64, hexadecimal, escapes of JSON and addresses, signs that are not seen. Pure.</summary>
internal static class Encodings
{
    // Shorter holds no secret; longer is a file, of which the beginning says enough.
    private const int Shortest = 16, Longest = 256 * 1024;

    private static readonly SearchValues<char> Base64 = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_");
    private static readonly SearchValues<char> Hex = SearchValues.Create("0123456789abcdefABCDEF");

    /// <summary>Texts that are in base64 or hexadecimal within a text, and where.</summary>
    public static IEnumerable<(string Text, int Start, int Length)> Decoded(string text)
    {
        for (var from = 0; text.AsSpan(from).IndexOfAny(Base64) is >= 0 and var found;)
        {
            from += found;
            var (run, length) = Wrapped(text, from);
            // The next line may be another text after all.
            if (run.Length >= Shortest && (FromHex(run) ?? FromBase64(run) ?? (length > run.Length ? Single(run[..Run(text, from)]) : null)) is { } hidden) yield return (hidden, from, length);
            from += length;
        }

        static string? Single(string line) => FromHex(line) ?? FromBase64(line);
    }

    /// <summary>What is in base64, of either alphabet; null where that is no text.</summary>
    public static string? FromBase64(ReadOnlySpan<char> run)
    {
        if (run.Length % 4 == 1) run = run[..^1];
        var digits = new char[(run.Length + 3) / 4 * 4];
        run.CopyTo(digits);
        digits.AsSpan(run.Length).Fill('=');
        digits.AsSpan().Replace('-', '+');
        digits.AsSpan().Replace('_', '/');
        var bytes = new byte[digits.Length / 4 * 3];
        return Convert.TryFromBase64Chars(digits, bytes, out var count) ? ToText(bytes.AsSpan(0, count)) : null;
    }

    /// <summary>The text with the escapes of JSON and of addresses resolved and unseen signs left out; the same object where it has none.</summary>
    public static string Plain(string text)
    {
        if (text.AsSpan().IndexOfAny('\\', '%') < 0 && text.AsSpan().IndexOfAnyInRange('\u00AD', '\uFFFF') < 0) return text;
        var plain = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (c == '\\' && i + 1 < text.Length)
            {
                var (sign, length) = text[i + 1] switch
                {
                    'n' or 'r' => ('\n', 1),
                    't' => (' ', 1),
                    'u' when Number(text, i + 2, 4) is { } code => ((char)code, 5),
                    'x' when Number(text, i + 2, 2) is { } code => ((char)code, 3),
                    '"' or '\'' or '/' or '\\' => (text[i + 1], 1),
                    _ => (c, 0),
                };
                (c, i) = (sign, i + length);
            }
            else if (c == '%' && Number(text, i + 1, 2) is { } code and < 0x80) (c, i) = ((char)code, i + 2);
            if (c is >= '\uFF01' and <= '\uFF5E') c = (char)(c - 0xFF01 + '!');
            if (char.GetUnicodeCategory(c) != UnicodeCategory.Format) plain.Append(c);
        }
        var result = plain.ToString();
        return result == text ? text : result;
    }

    // Lines of one length are one text (RFC 2045).
    private static (string Run, int Length) Wrapped(string text, int from)
    {
        var run = Run(text, from);
        if (run is not (64 or 76)) return (text.Substring(from, Math.Min(run, Longest)), run);
        var whole = new StringBuilder();
        var at = from;
        for (var line = run; ; line = Run(text, at))
        {
            whole.Append(text, at, line);
            at += line;
            var next = at + (at < text.Length && text[at] == '\r' ? 1 : 0);
            if (line != run || next >= text.Length || text[next] != '\n' || whole.Length > Longest) return (whole.ToString(), at - from);
            at = next + 1;
        }
    }

    private static int Run(string text, int from) => text.AsSpan(from).IndexOfAnyExcept(Base64) is >= 0 and var end ? end : text.Length - from;

    private static string? FromHex(string run) => run.Length % 2 != 0 || run.AsSpan().ContainsAnyExcept(Hex) ? null : ToText(Convert.FromHexString(run));

    private static string? ToText(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < 6) return null;
        // UTF-16 of plain text, as PowerShell has it.
        if (bytes.Length % 2 == 0 && bytes[1] == 0 && bytes[3] == 0 && bytes[5] == 0) return Encoding.Unicode.GetString(bytes);
        var text = Encoding.UTF8.GetString(bytes);
        var odd = 0;
        foreach (var c in text)
            if (c == '\uFFFD' || (char.IsControl(c) && c is not ('\n' or '\r' or '\t'))) odd++;
        return odd * 50 <= text.Length ? text : null;
    }

    private static int? Number(string text, int at, int digits) =>
        at + digits <= text.Length && int.TryParse(text.AsSpan(at, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var number) ? number : null;
}
