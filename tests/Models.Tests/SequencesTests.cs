using TestKit;

namespace Models.Tests;

/// <summary>Our LINQ against .NET's.</summary>
public sealed class SequencesTests
{
    [Fact]
    public void Everything_OfRandomSequences_IsWhatLinqMakes()
    {
        var random = new SeededRandom(11);
        for (var round = 0; round < 300; round++)
        {
            (int Key, int Place)[] items = [.. Enumerable.Range(0, random.Next(12)).Select(place => (random.Next(4), place))];
            var count = random.Next(14) - 1;
            IEnumerable<(int Key, int Place)> source = items;
            Assert.Equal(Enumerable.Select(source, i => i.Key), source.Select(i => i.Key));
            Assert.Equal(Enumerable.Where(source, i => i.Key > 1), source.Where(i => i.Key > 1));
            Assert.Equal(Enumerable.SelectMany(source, i => new int[i.Key]), source.SelectMany(i => new int[i.Key]));
            Assert.Equal(Enumerable.Take(source, count), source.Take(count));
            Assert.Equal(Enumerable.Skip(source, count), source.Skip(count));
            Assert.Equal(Enumerable.TakeLast(source, count), source.TakeLast(count));
            Assert.Equal(Enumerable.SkipLast(source, count), source.SkipLast(count));
            Assert.Equal(Enumerable.Concat(source, items), source.Concat(items));
            Assert.Equal(Enumerable.Append(source, (9, 9)), source.Append((9, 9)));
            Assert.Equal(Enumerable.Prepend(source, (9, 9)), source.Prepend((9, 9)));
            Assert.Equal(Enumerable.Distinct(source.Select(i => i.Key)), source.Select(i => i.Key).Distinct());
            Assert.Equal(Enumerable.DefaultIfEmpty(source, (9, 9)), source.DefaultIfEmpty((9, 9)));
            Assert.Equal(Enumerable.DefaultIfEmpty(source), source.DefaultIfEmpty());
            Assert.Equal(Enumerable.Order(source), source.Order());
            Assert.Equal(Enumerable.OrderBy(source, i => i.Key), source.OrderBy(i => i.Key));
            Assert.Equal(Enumerable.OrderByDescending(source, i => i.Key), source.OrderByDescending(i => i.Key));
            Assert.Equal(Enumerable.ThenByDescending(Enumerable.OrderBy(source, i => i.Key & 1), i => i.Key), source.OrderBy(i => i.Key & 1).ThenByDescending(i => i.Key));
            Assert.Equal(Enumerable.ThenBy(Enumerable.OrderByDescending(source, i => i.Key & 1), i => i.Key), source.OrderByDescending(i => i.Key & 1).ThenBy(i => i.Key));
        }
        Assert.IsType<OrderedSequence<int>>(Enumerable.Range(0, 1).Order());
    }

    [Fact]
    public void Take_OfASource_AsksForNoMoreThanItTakes()
    {
        var asked = 0;
        Assert.Equal([1, 2], Counting().Take(2));
        Assert.Empty(Counting().Take(0));
        Assert.Equal(2, asked);

        IEnumerable<int> Counting()
        {
            while (true) yield return ++asked;
        }
    }
}
