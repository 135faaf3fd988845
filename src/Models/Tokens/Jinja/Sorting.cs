namespace Models.Tokens.Jinja;

/// <summary>A stable sort that only asks whether one key is less than another, as Python's does.</summary>
internal static class Sorting
{
    public static object[] Sort(RenderContext context, object[] items, Func<object, object> key, bool reverse = false)
    {
        context.ChargeItems(items.Length * 2L);
        var keys = Array.ConvertAll(items, item => key(item));
        var order = Enumerable.Range(0, items.Length).ToArray();
        Merge(context, keys, reverse, order, new int[order.Length]);
        return Array.ConvertAll(order, at => items[at]);
    }

    private static void Merge(RenderContext context, object[] keys, bool reverse, Span<int> order, Span<int> buffer)
    {
        if (order.Length < 2) return;
        var middle = order.Length / 2;
        Merge(context, keys, reverse, order[..middle], buffer);
        Merge(context, keys, reverse, order[middle..], buffer);
        var (left, right) = (0, middle);
        for (var i = 0; i < order.Length; i++)
        {
            var takeRight = right < order.Length && (left == middle || ComesFirst(order[right], order[left]));
            buffer[i] = takeRight ? order[right++] : order[left++];
        }
        buffer[..order.Length].CopyTo(order);

        // What is equal stays in its order, also in reverse.
        bool ComesFirst(int a, int b)
        {
            var order = Comparisons.Order(context, keys[a], keys[b]);
            return reverse ? order > 0 : order < 0;
        }
    }
}
