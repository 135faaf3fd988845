#pragma warning disable CA1050, CA1710 // beside Sequences; a sequence and no collection

using System.Collections;

/// <summary>A sequence in an order (<see cref="Sequences.OrderBy"/>): sorted anew at each enumeration, each key computed once then.</summary>
public sealed class OrderedSequence<T> : IEnumerable<T>
{
    private readonly IEnumerable<T> _source;
    private readonly Func<T[], Comparison<int>> _order;

    /// <summary>The elements of <paramref name="source"/>; <paramref name="order"/> gets all of them and compares any two by their places.</summary>
    internal OrderedSequence(IEnumerable<T> source, Func<T[], Comparison<int>> order) => (_source, _order) = (source, order);

    /// <summary>Those that are equal so far in the order of another key, the smallest first.</summary>
    public OrderedSequence<T> ThenBy<TKey>(Func<T, TKey> key, IComparer<TKey>? comparer = null) => Then(By(key, comparer));

    /// <summary>Those that are equal so far in the order of another key, the largest first.</summary>
    public OrderedSequence<T> ThenByDescending<TKey>(Func<T, TKey> key, IComparer<TKey>? comparer = null) => Then(ByDescending(key, comparer));

    /// <inheritdoc/>
    public IEnumerator<T> GetEnumerator()
    {
        var items = _source.ToArray();
        var compare = _order(items);
        var places = new int[items.Length];
        for (var i = 0; i < places.Length; i++) places[i] = i;
        Array.Sort(places, (a, b) => compare(a, b) is not 0 and var order ? order : a - b);
        foreach (var place in places) yield return items[place];
    }

    /// <inheritdoc/>
    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    internal static Func<T[], Comparison<int>> By<TKey>(Func<T, TKey> key, IComparer<TKey>? comparer)
    {
        comparer ??= Comparer<TKey>.Default;
        return items =>
        {
            var keys = Keys(items, key);
            return (a, b) => comparer.Compare(keys[a], keys[b]);
        };
    }

    internal static Func<T[], Comparison<int>> ByDescending<TKey>(Func<T, TKey> key, IComparer<TKey>? comparer)
    {
        comparer ??= Comparer<TKey>.Default;
        return items =>
        {
            var keys = Keys(items, key);
            return (a, b) => comparer.Compare(keys[b], keys[a]);
        };
    }

    private static TKey[] Keys<TKey>(T[] items, Func<T, TKey> key)
    {
        var keys = new TKey[items.Length];
        for (var i = 0; i < keys.Length; i++) keys[i] = key(items[i]);
        return keys;
    }

    private OrderedSequence<T> Then(Func<T[], Comparison<int>> next) => new(_source, items =>
    {
        var (first, second) = (_order(items), next(items));
        return (a, b) => first(a, b) is not 0 and var order ? order : second(a, b);
    });
}
