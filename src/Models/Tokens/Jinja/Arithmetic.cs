using System.Numerics;

namespace Models.Tokens.Jinja;

/// <summary>Python's arithmetic operators.</summary>
internal static class Arithmetic
{
    public static object Apply(RenderContext context, string op, object left, object right)
    {
        if (left is Undefined first) throw first.Failure(context);
        if (op == "%" && left is string format) return PercentFormat.Format(context, format, right);
        if (right is Undefined second) throw second.Failure(context);
        if (PyNumbers.IsNumber(left) && PyNumbers.IsNumber(right))
        {
            return left is double || right is double || op == "/"
                ? Floats(context, op, left, right)
                : Integers(context, op, left, right);
        }
        var result = (op, left, right) switch
        {
            ("+", string a, string b) => Concat(context, a, b),
            ("+", PyList a, PyList b) => ChargedItems(context, a.Count + b.Count, () => a.Concat(b)),
            ("+", PyTuple a, PyTuple b) => ChargedItems(context, a.Count + b.Count, () => a.Concat(b)),
            ("*", _, _) when PyNumbers.IsInteger(right) => Repeat(context, left, right),
            ("*", _, _) when PyNumbers.IsInteger(left) => Repeat(context, right, left),
            _ => null,
        };
        return result ?? throw context.Error($"the operator '{op}' does not take values of type {Values.TypeName(left)} and {Values.TypeName(right)}.");
    }

    public static object Sign(RenderContext context, object value, bool negate)
    {
        if (value is Undefined undefined) throw undefined.Failure(context);
        if (!PyNumbers.IsNumber(value)) throw context.Error($"the sign '{(negate ? '-' : '+')}' does not take a value of type {Values.TypeName(value)}.");
        if (value is double number) return negate ? -number : number;
        return PyNumbers.Integer(context, negate ? -PyNumbers.ToBig(value) : PyNumbers.ToBig(value));
    }

    private static string Concat(RenderContext context, string left, string right)
    {
        context.ChargeCharacters((long)left.Length + right.Length);
        return left + right;
    }

    private static object ChargedItems(RenderContext context, long count, Func<object> make)
    {
        context.ChargeItems(count);
        return make();
    }

    private static object? Repeat(RenderContext context, object value, object times)
    {
        if (value is not (string or PyList or PyTuple)) return null;
        var length = value is string text ? text.Length : ((PySequence)value).Count;
        var count = PyNumbers.ToBig(times);
        if (count <= 0) count = 0;
        if (length == 0) return value;
        if (count * length > int.MaxValue) throw context.Error("a repetition is too long.");
        var total = (int)(count * length);
        if (value is string unit)
        {
            context.ChargeCharacters(total);
            return string.Create(total, unit, static (span, unit) => { for (var i = 0; i < span.Length; i += unit.Length) unit.CopyTo(span[i..]); });
        }
        context.ChargeItems(total);
        var items = Values.ToArray(context, value);
        var repeated = new object[total];
        for (var i = 0; i < total; i++) repeated[i] = items[i % length];
        return value is PyList ? new PyList(repeated) : new PyTuple(repeated);
    }

    private static object Integers(RenderContext context, string op, object left, object right)
    {
        if (left is not BigInteger && right is not BigInteger)
        {
            var (a, b) = ((Int128)PyNumbers.ToLong(left), (Int128)PyNumbers.ToLong(right));
            Int128? small = op switch { "+" => a + b, "-" => a - b, "*" => a * b, _ => null };
            if (small is { } value && value >= long.MinValue && value <= long.MaxValue) return Values.Int((long)value);
        }
        var (x, y) = (PyNumbers.ToBig(left), PyNumbers.ToBig(right));
        if (op == "**") return Power(context, x, y);
        if (op is "//" or "%" && y.IsZero) throw DivisionByZero(context);
        return PyNumbers.Integer(context, op switch
        {
            "+" => x + y,
            "-" => x - y,
            "*" => x * y,
            "//" => FloorDivide(x, y),
            _ => x - FloorDivide(x, y) * y,
        });
    }

    private static BigInteger FloorDivide(BigInteger x, BigInteger y)
    {
        var quotient = BigInteger.DivRem(x, y, out var remainder);
        return !remainder.IsZero && remainder.Sign != y.Sign ? quotient - 1 : quotient;
    }

    private static object Power(RenderContext context, BigInteger x, BigInteger y)
    {
        if (y.Sign < 0) return x.IsZero ? throw DivisionByZero(context) : Math.Pow((double)x, (double)y);
        if (BigInteger.Abs(x) <= 1) return PyNumbers.Integer(context, y.IsZero || x.IsOne ? 1 : x.IsZero ? 0 : y.IsEven ? 1 : -1);
        // The exact bound is checked on the result; this one keeps the computation short.
        if (y * (x.GetBitLength() - 1) > 20_000) throw context.Error("an integer power is too large.");
        return PyNumbers.Integer(context, BigInteger.Pow(x, (int)y));
    }

    private static double Floats(RenderContext context, string op, object left, object right)
    {
        var (x, y) = (PyNumbers.ToDouble(left), PyNumbers.ToDouble(right));
        if (op is "/" or "//" or "%" && y == 0) throw DivisionByZero(context);
        return op switch
        {
            "+" => x + y,
            "-" => x - y,
            "*" => x * y,
            "/" => x / y,
            // What is divided is a multiple of y but for rounding.
            "//" => Math.Round((x - Modulo(x, y)) / y),
            "%" => Modulo(x, y),
            _ => x == 0 && y < 0 ? throw DivisionByZero(context) : FloatPower(context, x, y),
        };
    }

    private static double Modulo(double x, double y)
    {
        var remainder = x % y;
        if (remainder == 0) return double.CopySign(0, y);
        return remainder < 0 != y < 0 ? remainder + y : remainder;
    }

    private static double FloatPower(RenderContext context, double x, double y)
    {
        var result = Math.Pow(x, y);
        if (double.IsNaN(result) && !double.IsNaN(x) && !double.IsNaN(y)) throw context.Error("a power of a negative number is not real.");
        return double.IsInfinity(result) && double.IsFinite(x) && double.IsFinite(y) ? throw context.Error("a power is too large.") : result;
    }

    private static TemplateException DivisionByZero(RenderContext context) => context.Error("division by zero.");
}
