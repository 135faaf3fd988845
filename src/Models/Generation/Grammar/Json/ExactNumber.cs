using System.Globalization;
using System.Numerics;

namespace Models.Generation.Grammar.Json;

/// <summary>A decimal number of a schema without rounding: <c>Unscaled · 10^-Scale</c>, in lowest terms, so equal numbers are equal values.</summary>
internal readonly record struct ExactNumber : IComparable<ExactNumber>
{
    private const int MaxExponent = 400;
    private const int MaxDigits = 800;

    /// <summary>Zero.</summary>
    public static readonly ExactNumber Zero;

    /// <summary>Creates a number from digits and the count of them behind the point.</summary>
    public ExactNumber(BigInteger unscaled, int scale)
    {
        while (scale > 0 && unscaled % 10 == 0)
            (unscaled, scale) = (unscaled / 10, scale - 1);
        (Unscaled, Scale) = (unscaled, scale);
    }

    /// <summary>All digits as one integer.</summary>
    public BigInteger Unscaled { get; }

    /// <summary>How many of the digits stand behind the point; never negative.</summary>
    public int Scale { get; }

    /// <summary>Whether there is no fraction.</summary>
    public bool IsInteger => Scale == 0;

    /// <summary>Reads a JSON number as it is written; null where it has more digits or a larger exponent than any bound needs.</summary>
    public static ExactNumber? Parse(string text)
    {
        var exponentAt = text.IndexOfAny(['e', 'E']);
        var mantissa = exponentAt < 0 ? text : text[..exponentAt];
        var exponent = 0;
        if (mantissa.Length > MaxDigits || exponentAt >= 0 && (!int.TryParse(text.AsSpan(exponentAt + 1), NumberStyles.AllowLeadingSign, null, out exponent) || Math.Abs(exponent) > MaxExponent))
            return null;
        var point = mantissa.IndexOf('.');
        var digits = point < 0 ? mantissa : mantissa.Remove(point, 1);
        var scale = (point < 0 ? 0 : mantissa.Length - point - 1) - exponent;
        var unscaled = BigInteger.Parse(digits, NumberStyles.AllowLeadingSign);
        return scale >= 0 ? new(unscaled, scale) : new(unscaled * BigInteger.Pow(10, -scale), 0);
    }

    /// <inheritdoc/>
    public int CompareTo(ExactNumber other)
    {
        var scale = Math.Max(Scale, other.Scale);
        return At(scale).CompareTo(other.At(scale));
    }

    /// <summary>The integer that this number is at a scale of at least its own.</summary>
    public BigInteger At(int scale) => Unscaled * BigInteger.Pow(10, scale - Scale);

    /// <summary>Whether this is an integer multiple of another, positive number.</summary>
    public bool IsMultipleOf(ExactNumber divisor)
    {
        var scale = Math.Max(Scale, divisor.Scale);
        return At(scale) % divisor.At(scale) == 0;
    }

    /// <summary>The smallest positive number that is an integer multiple of both.</summary>
    public static ExactNumber LeastCommonMultiple(ExactNumber a, ExactNumber b)
    {
        var scale = Math.Max(a.Scale, b.Scale);
        var (x, y) = (a.At(scale), b.At(scale));
        return new(x / BigInteger.GreatestCommonDivisor(x, y) * y, scale);
    }

    /// <summary>The number with the other sign.</summary>
    public ExactNumber Negate() => new(-Unscaled, Scale);

    /// <inheritdoc/>
    public override string ToString() => Scale == 0 ? $"{Unscaled}" : $"{Unscaled}e-{Scale}";
}
