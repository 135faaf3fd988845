using System.Globalization;
using System.Text;

namespace Models.Tokens.Jinja;

/// <summary>Decodes the escapes of a string literal as Python does; an unknown escape stays as it is written.</summary>
internal static class StringLiteral
{
    public static string Decode(ReadOnlySpan<char> body, int line)
    {
        if (!body.Contains('\\')) return body.ToString();
        var text = new StringBuilder(body.Length);
        for (var i = 0; i < body.Length; i++)
        {
            if (body[i] != '\\')
            {
                text.Append(body[i]);
                continue;
            }
            i++;
            switch (body[i])
            {
                case '\n': break;
                case '\\' or '\'' or '"': text.Append(body[i]); break;
                case 'n': text.Append('\n'); break;
                case 't': text.Append('\t'); break;
                case 'r': text.Append('\r'); break;
                case 'a': text.Append('\a'); break;
                case 'b': text.Append('\b'); break;
                case 'f': text.Append('\f'); break;
                case 'v': text.Append('\v'); break;
                case 'x': AppendHex(text, body, ref i, 2, line); break;
                case 'u': AppendHex(text, body, ref i, 4, line); break;
                case 'U': AppendHex(text, body, ref i, 8, line); break;
                case 'N': throw TemplateException.At(line, @"the escape \N{…} is not supported.");
                case >= '0' and <= '7': AppendOctal(text, body, ref i); break;
                default: text.Append('\\').Append(body[i]); break;
            }
        }
        return text.ToString();
    }

    private static void AppendHex(StringBuilder text, ReadOnlySpan<char> body, ref int i, int digits, int line)
    {
        if (i + digits >= body.Length || !int.TryParse(body.Slice(i + 1, digits), NumberStyles.AllowHexSpecifier, null, out var code) || code is < 0 or > 0x10FFFF)
            throw TemplateException.At(line, $"the escape \\{body[i]} needs {digits} hexadecimal digits that name a character.");
        i += digits;
        if (code > 0xFFFF) text.Append(char.ConvertFromUtf32(code));
        else text.Append((char)code);
    }

    private static void AppendOctal(StringBuilder text, ReadOnlySpan<char> body, ref int i)
    {
        var code = 0;
        var end = Math.Min(i + 3, body.Length);
        for (; i < end && body[i] is >= '0' and <= '7'; i++) code = code * 8 + (body[i] - '0');
        i--;
        text.Append((char)code);
    }
}
