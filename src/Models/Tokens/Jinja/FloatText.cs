using System.Globalization;
using System.Numerics;

namespace Models.Tokens.Jinja;

/// <summary>Floats as Python writes and rounds them.</summary>
internal static class FloatText
{
    /// <summary>The shortest text that reads back as the same float; with an exponent below 1e-4 and from 1e16 on.</summary>
    public static string Repr(double value)
    {
        if (double.IsNaN(value)) return "nan";
        if (double.IsInfinity(value)) return value > 0 ? "inf" : "-inf";
        var (sign, digits, exponent) = Split(value);
        if (exponent is < -4 or >= 16)
        {
            var fraction = digits.Length > 1 ? $".{digits[1..]}" : "";
            return $"{sign}{digits[0]}{fraction}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):00}";
        }
        if (exponent < 0) return $"{sign}0.{new string('0', -exponent - 1)}{digits}";
        return digits.Length <= exponent + 1
            ? $"{sign}{digits.PadRight(exponent + 1, '0')}.0"
            : $"{sign}{digits[..(exponent + 1)]}.{digits[(exponent + 1)..]}";
    }

    /// <summary>A float with a fixed number of decimals, halves to even, computed from the float's exact value.</summary>
    public static string Fixed(double value, int decimals)
    {
        var scaled = Scaled(Math.Abs(value), decimals);
        var digits = scaled.ToString().PadLeft(decimals + 1, '0');
        var sign = double.IsNegative(value) ? "-" : "";
        return decimals <= 0 ? sign + digits : $"{sign}{digits[..^decimals]}.{digits[^decimals..]}";
    }

    /// <summary>Python's <c>round(value, decimals)</c>.</summary>
    public static double Round(double value, int decimals)
    {
        if (!double.IsFinite(value) || decimals > 323) return value;
        if (decimals < -310) return 0 * value;
        return double.CopySign(double.Parse($"{Scaled(Math.Abs(value), decimals)}E{-decimals}", CultureInfo.InvariantCulture), value);
    }

    /// <summary>value × 10^decimals, rounded half to even.</summary>
    private static BigInteger Scaled(double value, int decimals)
    {
        var bits = BitConverter.DoubleToInt64Bits(value);
        var exponent = (int)(bits >> 52) - 1075;
        var numerator = new BigInteger((bits & ((1L << 52) - 1)) | (1L << 52));
        if (bits >> 52 == 0)
        {
            numerator = bits;
            exponent = -1074;
        }
        var denominator = BigInteger.One;
        if (exponent >= 0) numerator <<= exponent;
        else denominator <<= -exponent;
        if (decimals >= 0) numerator *= BigInteger.Pow(10, decimals);
        else denominator *= BigInteger.Pow(10, -decimals);
        var quotient = BigInteger.DivRem(numerator, denominator, out var remainder);
        var half = (remainder * 2).CompareTo(denominator);
        return half > 0 || (half == 0 && !quotient.IsEven) ? quotient + 1 : quotient;
    }

    /// <summary>Sign, significant digits and decimal exponent of the shortest form.</summary>
    private static (string Sign, string Digits, int Exponent) Split(double value)
    {
        var text = Math.Abs(value).ToString("R", CultureInfo.InvariantCulture);
        var exponentAt = text.IndexOf('E');
        var mantissa = exponentAt < 0 ? text : text[..exponentAt];
        var exponent = exponentAt < 0 ? 0 : int.Parse(text.AsSpan(exponentAt + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        var point = mantissa.IndexOf('.');
        var digits = mantissa.Replace(".", "");
        var zeros = digits.Length - digits.TrimStart('0').Length;
        exponent += (point < 0 ? mantissa.Length : point) - 1 - zeros;
        digits = digits.Trim('0');
        return (double.IsNegative(value) ? "-" : "", digits.Length == 0 ? "0" : digits, digits.Length == 0 ? 0 : exponent);
    }
}
