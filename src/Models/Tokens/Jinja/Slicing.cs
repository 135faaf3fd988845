using System.Numerics;

namespace Models.Tokens.Jinja;

/// <summary>Python's <c>value[start:stop:step]</c>.</summary>
internal static class Slicing
{
    public static object Slice(RenderContext context, object value, object? start, object? stop, object? step)
    {
        if (value is Undefined undefined) throw undefined.Failure(context);
        if (value is not (string or PySequence)) throw context.Error($"a value of type {Values.TypeName(value)} cannot be sliced.");
        var length = Values.TryGetLength(context, value)!.Value;
        var stride = Bound(context, step) ?? 1;
        if (stride == 0) throw context.Error("the step of a slice cannot be zero.");
        // Bounds beyond the ends are as good as the ends; so are steps.
        stride = Math.Clamp(stride, -int.MaxValue, int.MaxValue);
        var (lowest, highest) = stride > 0 ? (0, length) : (-1, length - 1);
        var from = Clamp(Bound(context, start), stride > 0 ? lowest : highest);
        var to = Clamp(Bound(context, stop), stride > 0 ? highest : lowest);
        var distance = stride > 0 ? to - from : from - to;
        var count = distance <= 0 ? 0 : (int)((distance - 1) / Math.Abs(stride) + 1);
        if (count <= 1) stride = 1;
        if (count == 0) from = 0;
        if (value is string text) return PyText.Slice(context, text, length, (int)from, count, (int)stride);
        if (value is not PyRange) context.ChargeItems(count);
        return ((PySequence)value).Slice((int)from, count, (int)stride);

        long Clamp(long? bound, long otherwise) => bound is { } at ? Math.Clamp(at < 0 ? at + length : at, lowest, highest) : otherwise;
    }

    public static object[] Pick(object[] items, int start, int count, int step)
    {
        if (step == 1) return items[start..(start + count)];
        var picked = new object[count];
        for (var i = 0; i < count; i++) picked[i] = items[start + i * step];
        return picked;
    }

    private static long? Bound(RenderContext context, object? value) => value switch
    {
        null or None => null,
        long or bool => PyNumbers.ToLong(value),
        BigInteger big => big.Sign > 0 ? long.MaxValue : -long.MaxValue,
        Undefined undefined => throw undefined.Failure(context),
        _ => throw context.Error($"a bound of a slice cannot be of type {Values.TypeName(value)}."),
    };
}
