using System.Globalization;
using System.Numerics;
using System.Text;

namespace Models.Tokens.Jinja;

/// <summary>Python's <c>format % values</c>.</summary>
internal static class PercentFormat
{
    private const int MaxPrecision = 500;

    private readonly record struct Field(string Flags, long Width, int Precision, char Type);

    public static string Format(RenderContext context, string format, object values)
    {
        context.ChargeScan(format.Length);
        var output = new StringBuilder();
        var positional = values is PyTuple tuple ? tuple.ToArray() : [values];
        var used = 0;
        var named = false;
        for (var i = 0; i < format.Length; i++)
        {
            if (format[i] != '%')
            {
                var end = format.IndexOf('%', i) is >= 0 and var percent ? percent : format.Length;
                context.Write(output, format[i..end]);
                i = end - 1;
                continue;
            }
            i++;
            object? value = null;
            if (i < format.Length && format[i] == '(')
            {
                var end = format.IndexOf(')', i);
                if (end < 0 || values is not PyDict dict) throw context.Error("a named field of a format needs a mapping.");
                value = dict.Find(format[(i + 1)..end]) ?? throw context.Error($"the mapping has no key '{format[(i + 1)..end]}' for the format.");
                named = true;
                i = end + 1;
            }
            var field = ParseField(context, format, ref i, Next);
            if (field.Type == '%') output.Append('%');
            else Append(context, output, field, value ?? Next());
        }
        if (!named && used < positional.Length && values is not PyDict and not PyList) throw context.Error("the format does not use all values.");
        return output.ToString();

        object Next() => used < positional.Length ? positional[used++] : throw context.Error("the format needs more values.");
    }

    private static Field ParseField(RenderContext context, string format, ref int i, Func<object> next)
    {
        var start = i;
        while (i < format.Length && "-+ 0#".Contains(format[i])) i++;
        var flags = format[start..i];
        var width = Number(context, format, ref i, next) ?? 0;
        if (width < 0) (flags, width) = (flags + "-", -width);
        var precision = -1L;
        if (i < format.Length && format[i] == '.')
        {
            i++;
            precision = Number(context, format, ref i, next) ?? 0;
            if (precision > MaxPrecision) throw context.Error($"a precision of more than {MaxPrecision} is not supported.");
        }
        while (i < format.Length && format[i] is 'l' or 'h' or 'L') i++;
        if (i >= format.Length) throw context.Error("a '%' in the format has no type.");
        return new(flags, width, (int)precision, format[i]);
    }

    private static long? Number(RenderContext context, string format, ref int i, Func<object> next)
    {
        if (i < format.Length && format[i] == '*')
        {
            i++;
            return next() is long value and > -int.MaxValue and < int.MaxValue ? value : throw context.Error("'*' in a format needs an integer.");
        }
        var start = i;
        while (i < format.Length && char.IsAsciiDigit(format[i])) i++;
        if (i == start) return null;
        return i - start < 10 ? long.Parse(format.AsSpan(start, i - start)) : throw context.Error("a width in the format is too large.");
    }

    private static void Append(RenderContext context, StringBuilder output, Field field, object value)
    {
        var text = field.Type switch
        {
            's' => Cut(Text.Str(context, value)),
            'r' => Cut(Text.Repr(context, value)),
            'c' => Character(context, value),
            'd' or 'i' or 'u' => WithSign(Integer(context, field, value), field, static (number, _) => BigInteger.Abs(number).ToString()),
            'x' or 'X' or 'o' => WithSign(Integer(context, field, value), field, Radix),
            'f' or 'F' or 'e' or 'E' or 'g' or 'G' => FloatFormat(context, field, value),
            _ => throw context.Error($"the type '%{field.Type}' of a format is not supported."),
        };
        var missing = field.Width - PyText.Length(context, text);
        if (missing > 0)
        {
            context.ChargeCharacters(missing);
            text = Pad(text, field, (int)missing);
        }
        context.Write(output, text);

        string Cut(string text) => field.Precision >= 0 && field.Precision < text.Length
            ? PyText.Slice(context, text, PyText.Length(context, text), 0, Math.Min(field.Precision, PyText.Length(context, text)), 1)
            : text;
    }

    private static string Pad(string text, Field field, int missing)
    {
        if (field.Flags.Contains('-')) return text + new string(' ', missing);
        if (!field.Flags.Contains('0') || field.Type is 's' or 'r' or 'c') return new string(' ', missing) + text;
        var digits = text[0] is '-' or '+' or ' ' ? 1 : 0;
        if (field.Flags.Contains('#') && field.Type is 'x' or 'X' or 'o') digits += 2;
        return text[..digits] + new string('0', missing) + text[digits..];
    }

    private static string Character(RenderContext context, object value) => value switch
    {
        string text when PyText.Length(context, text) == 1 => text,
        long code and >= 0 and <= 0x10FFFF and not (>= 0xD800 and <= 0xDFFF) => char.ConvertFromUtf32((int)code),
        _ => throw context.Error("'%c' needs one character."),
    };

    private static BigInteger Integer(RenderContext context, Field field, object value) => value switch
    {
        double number when double.IsFinite(number) && field.Type is 'd' or 'i' or 'u' => new BigInteger(Math.Truncate(number)),
        _ when PyNumbers.IsInteger(value) => PyNumbers.ToBig(value),
        _ => throw context.Error($"'%{field.Type}' needs a number, not a value of type {Values.TypeName(value)}."),
    };

    private static string WithSign(BigInteger value, Field field, Func<BigInteger, Field, string> digits)
    {
        var text = digits(value, field);
        if (field.Precision > text.Length) text = text.PadLeft(field.Precision, '0');
        var prefix = field.Flags.Contains('#') ? field.Type switch { 'x' => "0x", 'X' => "0X", 'o' => "0o", _ => "" } : "";
        return Sign(value.Sign < 0, field) + prefix + text;
    }

    private static string Radix(BigInteger value, Field field)
    {
        var (magnitude, radix) = (BigInteger.Abs(value), field.Type == 'o' ? 8 : 16);
        var digits = new StringBuilder();
        do
        {
            magnitude = BigInteger.DivRem(magnitude, radix, out var digit);
            digits.Insert(0, (field.Type == 'X' ? "0123456789ABCDEF" : "0123456789abcdef")[(int)digit]);
        }
        while (!magnitude.IsZero);
        return digits.ToString();
    }

    private static string Sign(bool negative, Field field) => negative ? "-" : field.Flags.Contains('+') ? "+" : field.Flags.Contains(' ') ? " " : "";

    private static string FloatFormat(RenderContext context, Field field, object value)
    {
        if (!PyNumbers.IsNumber(value)) throw context.Error($"'%{field.Type}' needs a number, not a value of type {Values.TypeName(value)}.");
        var number = PyNumbers.ToDouble(value);
        var magnitude = Math.Abs(number);
        var precision = field.Precision < 0 ? 6 : field.Precision;
        var text = !double.IsFinite(magnitude) ? FloatText.Repr(magnitude) : char.ToLowerInvariant(field.Type) switch
        {
            'f' => FloatText.Fixed(magnitude, precision),
            'e' => Exponential(magnitude, precision),
            _ => General(magnitude, Math.Max(1, precision), field.Flags.Contains('#')),
        };
        return Sign(double.IsNegative(number), field) + (char.IsAsciiLetterUpper(field.Type) ? text.ToUpperInvariant() : text);
    }

    private static string Exponential(double value, int precision)
    {
        var text = value.ToString($"e{precision}", CultureInfo.InvariantCulture);
        var at = text.IndexOf('e');
        return $"{text[..(at + 2)]}{int.Parse(text.AsSpan(at + 2)):00}";
    }

    private static string General(double value, int precision, bool keepZeros)
    {
        var scientific = Exponential(value, precision - 1);
        var at = scientific.IndexOf('e');
        var exponent = int.Parse(scientific.AsSpan(at + 1), NumberStyles.AllowLeadingSign);
        var (text, suffix) = exponent < -4 || exponent >= precision
            ? (scientific[..at], scientific[at..])
            : (FloatText.Fixed(value, precision - 1 - exponent), "");
        return (keepZeros || !text.Contains('.') ? text : text.TrimEnd('0').TrimEnd('.')) + suffix;
    }
}
