using System.Numerics;

namespace Models.Tokens.Jinja;

/// <summary>The filters about numbers.</summary>
internal static class NumberFilters
{
    public static object Abs(RenderContext context, object value, CallArguments arguments)
    {
        arguments.BindPositional(context, "abs", 0, 0);
        if (value is Undefined undefined) throw undefined.Failure(context);
        if (value is double number) return Math.Abs(number);
        if (!PyNumbers.IsInteger(value)) throw context.Error($"'abs' needs a number, not a value of type {Values.TypeName(value)}.");
        return PyNumbers.Integer(context, BigInteger.Abs(PyNumbers.ToBig(value)));
    }

    public static object Int(RenderContext context, object value, CallArguments arguments)
    {
        var given = arguments.Bind(context, "int", 0, "default", "base");
        var otherwise = given[0] ?? Values.Int(0);
        switch (value)
        {
            case Undefined undefined:
                throw undefined.Failure(context);
            case double number:
                if (double.IsInfinity(number)) throw context.Error("infinity is no integer.");
                return double.IsNaN(number) ? otherwise : PyNumbers.Truncate(context, number);
            case string text:
                var radix = given[1] is null ? 10 : StringMethods.IntegerArgument(context, given[1]!, "int");
                if (radix is not (0 or >= 2 and <= 36)) return FromFloat(text);
                return PyNumbers.ParseInteger(context, text, (int)radix) ?? FromFloat(text);
            default:
                return PyNumbers.IsInteger(value) ? PyNumbers.Integer(context, PyNumbers.ToBig(value)) : otherwise;
        }

        object FromFloat(string text) =>
            PyNumbers.ParseFloat(text) is { } parsed && double.IsFinite(parsed) ? PyNumbers.Truncate(context, parsed) : otherwise;
    }

    public static object Float(RenderContext context, object value, CallArguments arguments)
    {
        var otherwise = arguments.Bind(context, "float", 0, "default")[0] ?? 0.0;
        if (value is Undefined undefined) throw undefined.Failure(context);
        if (value is string text) return PyNumbers.ParseFloat(text) ?? otherwise;
        return PyNumbers.IsNumber(value) ? PyNumbers.ToDouble(value) : otherwise;
    }

    public static object Round(RenderContext context, object value, CallArguments arguments)
    {
        var given = arguments.Bind(context, "round", 0, "precision", "method");
        var precision = (int)Math.Clamp(given[0] is null ? 0 : StringMethods.IntegerArgument(context, given[0]!, "round"), -400, 400);
        if (value is Undefined undefined) throw undefined.Failure(context);
        if (!PyNumbers.IsNumber(value)) throw context.Error($"'round' needs a number, not a value of type {Values.TypeName(value)}.");
        return given[1] switch
        {
            null or "common" => value is double number ? FloatText.Round(number, precision) : RoundInteger(context, PyNumbers.ToBig(value), precision),
            "floor" => Scaled(context, value, precision, Math.Floor),
            "ceil" => Scaled(context, value, precision, Math.Ceiling),
            _ => throw context.Error("the method of 'round' must be common, ceil or floor."),
        };
    }

    private static object RoundInteger(RenderContext context, BigInteger value, int precision)
    {
        if (precision >= 0) return PyNumbers.Integer(context, value);
        var unit = BigInteger.Pow(10, -precision);
        var quotient = BigInteger.DivRem(BigInteger.Abs(value), unit, out var remainder);
        var half = (remainder * 2).CompareTo(unit);
        if (half > 0 || (half == 0 && !quotient.IsEven)) quotient++;
        return PyNumbers.Integer(context, quotient * unit * value.Sign);
    }

    private static double Scaled(RenderContext context, object value, int precision, Func<double, double> round)
    {
        var scale = Math.Pow(10, precision);
        var result = round(PyNumbers.ToDouble(value) * scale) / scale;
        return double.IsFinite(result) ? result : throw context.Error("the number cannot be rounded so.");
    }
}
