#pragma warning disable CA1050 // in no namespace, so that every file of the program finds it before System.Linq's

/// <summary>LINQ's iterators, small ones (docs/adr/0011): those of .NET 9's System.Linq are compiled ahead of time for every pair of value types
/// that are selected anywhere. Lazy and in order like those; they know no count before the end.</summary>
public static class Sequences
{
    /// <summary>What <paramref name="selector"/> makes of each element.</summary>
    public static IEnumerable<TResult> Select<TSource, TResult>(this IEnumerable<TSource> source, Func<TSource, TResult> selector)
    {
        foreach (var item in source) yield return selector(item);
    }

    /// <summary>All that <paramref name="selector"/> makes of each element.</summary>
    public static IEnumerable<TResult> SelectMany<TSource, TResult>(this IEnumerable<TSource> source, Func<TSource, IEnumerable<TResult>> selector)
    {
        foreach (var item in source)
        {
            foreach (var result in selector(item)) yield return result;
        }
    }

    /// <summary>The elements of which <paramref name="predicate"/> holds.</summary>
    public static IEnumerable<TSource> Where<TSource>(this IEnumerable<TSource> source, Func<TSource, bool> predicate)
    {
        foreach (var item in source) if (predicate(item)) yield return item;
    }

    /// <summary>The first elements, <paramref name="count"/> at most; no further one is asked for.</summary>
    public static IEnumerable<TSource> Take<TSource>(this IEnumerable<TSource> source, int count)
    {
        if (count <= 0) yield break;
        foreach (var item in source)
        {
            yield return item;
            if (--count == 0) yield break;
        }
    }

    /// <summary>All elements but the first <paramref name="count"/>.</summary>
    public static IEnumerable<TSource> Skip<TSource>(this IEnumerable<TSource> source, int count)
    {
        foreach (var item in source)
        {
            if (count > 0) count--;
            else yield return item;
        }
    }

    /// <summary>The last elements, <paramref name="count"/> at most.</summary>
    public static IEnumerable<TSource> TakeLast<TSource>(this IEnumerable<TSource> source, int count)
    {
        var last = new Queue<TSource>();
        foreach (var item in source)
        {
            last.Enqueue(item);
            if (last.Count > count) last.Dequeue();
        }
        while (last.TryDequeue(out var item)) yield return item;
    }

    /// <summary>All elements but the last <paramref name="count"/>.</summary>
    public static IEnumerable<TSource> SkipLast<TSource>(this IEnumerable<TSource> source, int count)
    {
        var last = new Queue<TSource>();
        foreach (var item in source)
        {
            last.Enqueue(item);
            if (last.Count > count) yield return last.Dequeue();
        }
    }

    /// <summary>The elements of one and then those of the other.</summary>
    public static IEnumerable<TSource> Concat<TSource>(this IEnumerable<TSource> first, IEnumerable<TSource> second)
    {
        foreach (var item in first) yield return item;
        foreach (var item in second) yield return item;
    }

    /// <summary>The elements and then one more.</summary>
    public static IEnumerable<TSource> Append<TSource>(this IEnumerable<TSource> source, TSource last)
    {
        foreach (var item in source) yield return item;
        yield return last;
    }

    /// <summary>One element and then the others.</summary>
    public static IEnumerable<TSource> Prepend<TSource>(this IEnumerable<TSource> source, TSource first)
    {
        yield return first;
        foreach (var item in source) yield return item;
    }

    /// <summary>Each element once, in the order of their first coming.</summary>
    public static IEnumerable<TSource> Distinct<TSource>(this IEnumerable<TSource> source, IEqualityComparer<TSource>? comparer = null)
    {
        var seen = new HashSet<TSource>(comparer);
        foreach (var item in source) if (seen.Add(item)) yield return item;
    }

    /// <summary>The elements, or one that stands for none.</summary>
    public static IEnumerable<TSource> DefaultIfEmpty<TSource>(this IEnumerable<TSource> source, TSource none = default!)
    {
        var some = false;
        foreach (var item in source)
        {
            some = true;
            yield return item;
        }
        if (!some) yield return none;
    }

    /// <summary>The elements in their order, the smallest first; equal ones as they came.</summary>
    public static OrderedSequence<TSource> Order<TSource>(this IEnumerable<TSource> source, IComparer<TSource>? comparer = null) =>
        new(source, OrderedSequence<TSource>.By(item => item, comparer));

    /// <summary>The elements in the order of their keys, the smallest first; those of equal keys as they came.</summary>
    public static OrderedSequence<TSource> OrderBy<TSource, TKey>(this IEnumerable<TSource> source, Func<TSource, TKey> key, IComparer<TKey>? comparer = null) =>
        new(source, OrderedSequence<TSource>.By(key, comparer));

    /// <summary>The elements in the order of their keys, the largest first; those of equal keys as they came.</summary>
    public static OrderedSequence<TSource> OrderByDescending<TSource, TKey>(this IEnumerable<TSource> source, Func<TSource, TKey> key, IComparer<TKey>? comparer = null) =>
        new(source, OrderedSequence<TSource>.ByDescending(key, comparer));
}
