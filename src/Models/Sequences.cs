#pragma warning disable CA1050 // in no namespace, so that every file of the program finds it before System.Linq's

/// <summary>LINQ's <c>Select</c> and <c>Where</c>, small ones (docs/adr/0011): the iterators of .NET 9's System.Linq are compiled ahead of time for
/// every pair of value types that are selected anywhere. Lazy and in order like those; they know no count before the end.</summary>
public static class Sequences
{
    /// <summary>What <paramref name="selector"/> makes of each element.</summary>
    public static IEnumerable<TResult> Select<TSource, TResult>(this IEnumerable<TSource> source, Func<TSource, TResult> selector)
    {
        foreach (var item in source) yield return selector(item);
    }

    /// <summary>The elements of which <paramref name="predicate"/> holds.</summary>
    public static IEnumerable<TSource> Where<TSource>(this IEnumerable<TSource> source, Func<TSource, bool> predicate)
    {
        foreach (var item in source) if (predicate(item)) yield return item;
    }
}
