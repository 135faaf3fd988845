using System.Globalization;
using System.Numerics;

namespace Models.Tokens.Jinja;

/// <summary>Python's numbers: integers of any size (up to a bound), floats, and booleans that count as 0 and 1.</summary>
internal static class PyNumbers
{
    // Python itself refuses to read or print integers of more digits.
    private const int MaxDigits = 4300;
    private const int MaxBits = 14_284;

    public static bool IsNumber(object value) => value is long or bool or double or BigInteger;

    public static bool IsInteger(object value) => value is long or bool or BigInteger;

    public static long ToLong(object value) => value is bool boolean ? (boolean ? 1 : 0) : (long)value;

    public static BigInteger ToBig(object value) => value is BigInteger big ? big : ToLong(value);

    public static double ToDouble(object value) => value switch
    {
        double number => number,
        BigInteger big => (double)big,
        _ => ToLong(value),
    };

    /// <summary>The value of an integer, as a long where it fits.</summary>
    public static object Integer(RenderContext context, BigInteger value)
    {
        if (value >= long.MinValue && value <= long.MaxValue) return Values.Int((long)value);
        return value.GetBitLength() <= MaxBits ? value : throw context.Error($"an integer has more than {MaxDigits} digits.");
    }

    public static bool AreEqual(object left, object right)
    {
        if (left is double || right is double) return CompareFloat(left, right) == 0;
        return left is BigInteger || right is BigInteger ? ToBig(left) == ToBig(right) : ToLong(left) == ToLong(right);
    }

    /// <summary>The order of two numbers, or null where one is not a number (NaN).</summary>
    public static int? Compare(object left, object right)
    {
        if (left is double || right is double) return CompareFloat(left, right);
        return left is BigInteger || right is BigInteger ? ToBig(left).CompareTo(ToBig(right)) : ToLong(left).CompareTo(ToLong(right));
    }

    public static object ParseLiteral(Token token)
    {
        var text = token.Text.Replace("_", "");
        if (text.Length > MaxDigits) throw TemplateException.At(token.Line, $"an integer has more than {MaxDigits} digits.");
        var prefix = text.Length > 2 && text[0] == '0' ? char.ToLowerInvariant(text[1]) : '0';
        var value = prefix switch
        {
            'x' => BigInteger.Parse("0" + text[2..], NumberStyles.AllowHexSpecifier),
            'b' => ParseDigits(text.AsSpan(2), 2)!.Value,
            'o' => ParseDigits(text.AsSpan(2), 8)!.Value,
            _ => BigInteger.Parse(text),
        };
        return value <= long.MaxValue ? Values.Int((long)value) : value;
    }

    /// <summary>Python's <c>int(text, base)</c>, or null where the text is no integer.</summary>
    public static object? ParseInteger(RenderContext context, string text, int radix)
    {
        var digits = text.AsSpan();
        while (!digits.IsEmpty && PyText.IsSpace(digits[0])) digits = digits[1..];
        digits = PyText.TrimEnd(digits);
        if (digits.Length > MaxDigits) return null;
        var negative = !digits.IsEmpty && digits[0] == '-';
        if (!digits.IsEmpty && digits[0] is '-' or '+') digits = digits[1..];
        if (digits.Length > 2 && digits[0] == '0')
        {
            var prefixed = char.ToLowerInvariant(digits[1]) switch { 'x' => 16, 'o' => 8, 'b' => 2, _ => 0 };
            if (prefixed != 0 && (radix == prefixed || radix == 0))
            {
                radix = prefixed;
                digits = digits[2] == '_' ? digits[3..] : digits[2..];
            }
        }
        // Base 0 reads digits as a literal, which has no leading zeros.
        if (radix == 0)
        {
            if (digits.Length > 1 && digits[0] == '0' && digits.ContainsAnyExcept('0', '_')) return null;
            radix = 10;
        }
        return ParseDigits(digits, radix) is { } value ? Integer(context, negative ? -value : value) : null;
    }

    /// <summary>Python's <c>float(text)</c>, or null where the text is no number.</summary>
    public static double? ParseFloat(string text)
    {
        var digits = text.AsSpan();
        while (!digits.IsEmpty && PyText.IsSpace(digits[0])) digits = digits[1..];
        digits = PyText.TrimEnd(digits);
        var sign = !digits.IsEmpty && digits[0] == '-' ? -1.0 : 1.0;
        var magnitude = !digits.IsEmpty && digits[0] is '-' or '+' ? digits[1..] : digits;
        if (magnitude.Equals("inf", StringComparison.OrdinalIgnoreCase) || magnitude.Equals("infinity", StringComparison.OrdinalIgnoreCase))
            return sign * double.PositiveInfinity;
        if (magnitude.Equals("nan", StringComparison.OrdinalIgnoreCase)) return double.NaN;
        if (magnitude.IsEmpty || !(char.IsAsciiDigit(magnitude[0]) || magnitude[0] == '.')) return null;
        var plain = magnitude.ToString();
        for (var i = 0; i < plain.Length; i++)
        {
            if (plain[i] == '_' && (i == 0 || i == plain.Length - 1 || !char.IsAsciiDigit(plain[i - 1]) || !char.IsAsciiDigit(plain[i + 1]))) return null;
        }
        const NumberStyles Styles = NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        return double.TryParse(plain.Replace("_", ""), Styles, CultureInfo.InvariantCulture, out var value) ? sign * value : null;
    }

    /// <summary>The integer part of a float.</summary>
    public static object Truncate(RenderContext context, double value) =>
        Math.Abs(value) < 9e18 ? Values.Int((long)value) : Integer(context, new BigInteger(value));

    private static BigInteger? ParseDigits(ReadOnlySpan<char> digits, int radix)
    {
        if (digits.IsEmpty || digits[^1] == '_') return null;
        var value = BigInteger.Zero;
        var afterDigit = false;
        foreach (var c in digits)
        {
            if (c == '_' && afterDigit)
            {
                afterDigit = false;
                continue;
            }
            var digit = char.IsAsciiDigit(c) ? c - '0' : char.IsAsciiLetter(c) ? char.ToLowerInvariant(c) - 'a' + 10 : radix;
            if (digit >= radix) return null;
            value = value * radix + digit;
            afterDigit = true;
        }
        return value;
    }

    private static int? CompareFloat(object left, object right)
    {
        if (left is double a && right is double b) return double.IsNaN(a) || double.IsNaN(b) ? null : a.CompareTo(b);
        var number = left is double first ? first : (double)right;
        if (double.IsNaN(number)) return null;
        var order = double.IsInfinity(number) ? -double.Sign(number) : CompareExact(left is double ? right : left, number);
        return left is double ? -order : order;
    }

    /// <summary>The order of an integer and a finite float, without rounding the integer.</summary>
    private static int CompareExact(object integer, double number)
    {
        var whole = Math.Floor(number);
        var order = ToBig(integer).CompareTo(new BigInteger(whole));
        return order != 0 ? order : whole < number ? -1 : 0;
    }
}
