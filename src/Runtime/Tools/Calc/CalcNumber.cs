using System.Globalization;

namespace Runtime.Tools.Calc;

/// <summary>
/// A number that is exact for as long as 28 decimal digits hold it, so that 0.1 + 0.2 is 0.3, and about right beyond. Immutable.
/// </summary>
/// <param name="Exact">Its digits; null where they do not hold it.</param>
/// <param name="About">It, or its nearest neighbour.</param>
internal readonly record struct CalcNumber(decimal? Exact, double About)
{
    // What does not end by itself is told with so many digits: enough for a kitchen and a workshop, few enough to be read out.
    private const int ShownDigits = 8, MostDigits = 15;

    public static implicit operator CalcNumber(decimal number) => new(number, (double)number);

    public static CalcNumber operator +(CalcNumber a, CalcNumber b) => Of(() => a.Exact + b.Exact, a.About + b.About);

    public static CalcNumber operator -(CalcNumber a, CalcNumber b) => Of(() => a.Exact - b.Exact, a.About - b.About);

    public static CalcNumber operator *(CalcNumber a, CalcNumber b) => Of(() => a.Exact * b.Exact, a.About * b.About);

    public static CalcNumber operator /(CalcNumber a, CalcNumber b) => b.IsZero ? throw new ToolException("Nothing can be divided by zero.") : Of(() => a.Exact / b.Exact, a.About / b.About);

    public static CalcNumber operator %(CalcNumber a, CalcNumber b) => b.IsZero ? throw new ToolException("Nothing can be divided by zero.") : Of(() => a.Exact % b.Exact, a.About % b.About);

    public static CalcNumber operator -(CalcNumber a) => new(-a.Exact, -a.About);

    public bool IsZero => Exact == 0 || (Exact is null && About == 0);

    /// <summary>A result of a function that has no exact one as a rule; whole where it is whole to the last digit that a double has.</summary>
    public static CalcNumber Of(double about) => Of(() => Math.Abs(about) < 1e15 && about == Math.Round(about) ? (decimal)about : null, about);

    public CalcNumber Power(CalcNumber exponent)
    {
        var about = Math.Pow(About, exponent.About);
        if (IsZero && exponent.About < 0) throw new ToolException("Nothing can be divided by zero.");
        if (Exact is not { } number || exponent.Exact is not { } times || times != decimal.Truncate(times) || Math.Abs(times) > 1024) return Of(about);
        return Of(() => times < 0 ? 1 / Whole(number, (int)-times) : Whole(number, (int)times), about);
    }

    public CalcNumber Root()
    {
        if (About < 0) throw new ToolException("A negative number has no square root.");
        var (exact, root) = (Exact, Math.Sqrt(About));
        return Of(() => exact is > 0 and var number ? Polish(number, (decimal)root) : exact, root);
    }

    /// <summary>The whole number near it by a rule.</summary>
    public CalcNumber Near(Func<decimal, decimal> exact, Func<double, double> about) => new(Exact is { } number ? exact(number) : null, about(About));

    /// <summary>As a person reads it.</summary>
    public override string ToString()
    {
        if (Exact is not { } number) return About.ToString("G" + ShownDigits, CultureInfo.InvariantCulture).Replace("E+", "e", StringComparison.Ordinal).Replace("E", "e", StringComparison.Ordinal);
        var text = number.ToString("0.############################", CultureInfo.InvariantCulture);
        if (!text.Contains('.') || text.Count(char.IsAsciiDigit) <= MostDigits) return text;
        var whole = decimal.Truncate(Math.Abs(number)).ToString(CultureInfo.InvariantCulture).TrimStart('0').Length;
        var leading = whole > 0 ? 0 : text.TrimStart('-')[2..].TakeWhile(c => c == '0').Count();
        var places = Math.Clamp(ShownDigits - whole + leading, 0, 28);
        return Math.Round(number, places, MidpointRounding.AwayFromZero).ToString("0.############################", CultureInfo.InvariantCulture);
    }

    private static CalcNumber Of(Func<decimal?> exactly, double about)
    {
        if (double.IsNaN(about)) throw new ToolException("That has no real result.");
        if (double.IsInfinity(about)) throw new ToolException("The result is too large.");
        try
        {
            // What is too small for its digits would become nothing.
            return exactly() is { } exact && (exact != 0 || Math.Abs(about) < 1e-300) ? new(exact, (double)exact) : new(null, about);
        }
        catch (OverflowException)
        {
            return new(null, about);
        }
    }

    private static decimal Whole(decimal number, int times)
    {
        var result = 1m;
        for (; times > 0; times >>= 1, number = times > 0 ? number * number : number)
            if ((times & 1) == 1) result *= number;
        return result;
    }

    // Newton's steps from the double give the digits that it lacks.
    private static decimal Polish(decimal number, decimal root)
    {
        for (var i = 0; i < 3; i++) root = (root + number / root) / 2;
        // A whole root is met exactly, and not by a last digit missed.
        return Math.Round(root, 20) is var near && near * near == number ? near : root;
    }
}
