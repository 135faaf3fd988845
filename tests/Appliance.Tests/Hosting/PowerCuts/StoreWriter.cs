using TestKit.PowerCuts;

namespace Appliance.Tests.Hosting.PowerCuts;

/// <summary>
/// Changes a store, one change after the other, and notes when each was acknowledged. After a power cut what is there must be the result of
/// all that was acknowledged by then, or of that and the one change that was under way.
/// </summary>
/// <param name="name">The store.</param>
/// <param name="open">Opens it under a home folder.</param>
/// <param name="read">What is in it, under a home folder.</param>
internal sealed class StoreWriter(string name, Func<string, OpenStore> open, Func<string, IEnumerable<string>> read)
{
    private readonly List<(string Item, bool IsRemoval)> _changes = [];
    private readonly List<int> _acknowledged = [];

    public string Name => name;

    /// <summary>Opens the store.</summary>
    public OpenStore Open(string home) => open(home);

    /// <summary>What is in the store.</summary>
    public List<string> Read(string home) => [.. read(home).Order(StringComparer.Ordinal)];

    /// <summary>Makes changes until told to stop: three new items, and the oldest goes where the store can forget.</summary>
    public void Run(PowerCutDisk disk, string home, int count)
    {
        using var store = open(home);
        var oldest = 0;
        for (var n = 0; n < count; n++)
        {
            Change($"{name}-{n:0000}", isRemoval: false, store.Add);
            if (store.Remove is { } remove && n % 3 == 2) Change($"{name}-{oldest++:0000}", isRemoval: true, remove);
        }

        void Change(string item, bool isRemoval, Action<string> change)
        {
            _changes.Add((item, isRemoval));
            change(item);
            _acknowledged.Add(disk.Position);
        }
    }

    /// <summary>How many changes were acknowledged before a moment.</summary>
    public int AcknowledgedBy(int position) => _acknowledged.Count(at => at <= position);

    /// <summary>What is wrong after a power cut; null where nothing is.</summary>
    public string? Problem(string home, int position)
    {
        var acknowledged = AcknowledgedBy(position);
        List<string> found;
        try { found = Read(home); }
        catch (Exception e) { return $"{name} cannot be opened: {e}"; }
        var expected = StateAfter(acknowledged);
        if (found.SequenceEqual(expected) || found.SequenceEqual(StateAfter(Math.Min(acknowledged + 1, _changes.Count)))) return null;
        return $"{name}: lost {string.Join(' ', expected.Except(found))}, not asked for {string.Join(' ', found.Except(expected))}, {found.Count - found.Distinct().Count()} twice";
    }

    private List<string> StateAfter(int changes)
    {
        var there = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var (item, isRemoval) in _changes.Take(changes)) _ = isRemoval ? there.Remove(item) : there.Add(item);
        return [.. there];
    }
}

/// <summary>A store that is open.</summary>
/// <param name="Add">Adds an item; when it returns, that is acknowledged.</param>
internal sealed record OpenStore(Action<string> Add) : IDisposable
{
    public Action<string>? Remove { get; init; }

    public Action Close { get; init; } = () => { };

    public void Dispose() => Close();
}
