namespace Models.Generation.Grammar.Matching;

/// <summary>All ways in which the bytes so far can be read. Reused; not thread-safe.</summary>
internal sealed class ConfigurationSet
{
    private const int MaxConfigurations = 2048;
    private const int MaxSearched = 8;

    private readonly List<Configuration> _items = [];
    private readonly HashSet<Configuration> _seen = [];

    /// <summary>The ways that go on.</summary>
    public ReadOnlySpan<Configuration> Items => System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_items);

    /// <summary>Whether the text may end here.</summary>
    public bool CanEnd { get; set; }

    /// <summary>Whether the bytes cannot be read at all.</summary>
    public bool IsDead => _items.Count == 0 && !CanEnd;

    /// <summary>The fewest bytes from here to the end of the text.</summary>
    public int MinimumBytes => Configuration.LeastBytes(Items, CanEnd);

    /// <summary>Empties it.</summary>
    public void Clear()
    {
        _items.Clear();
        if (_seen.Count > 0)
            _seen.Clear();
        CanEnd = false;
    }

    /// <summary>Adds a way, once.</summary>
    /// <exception cref="GrammarException">There are too many at once.</exception>
    public void Add(in Configuration configuration)
    {
        if (_items.Count < MaxSearched)
        {
            if (!_items.Contains(configuration))
                _items.Add(configuration);
            return;
        }
        if (_seen.Count == 0)
            _seen.UnionWith(_items);
        if (!_seen.Add(configuration))
            return;
        if (_items.Count == MaxConfigurations)
            throw new GrammarException($"The grammar is too ambiguous: the text so far can be read in more than {MaxConfigurations:N0} ways at once. Make its alternatives begin differently.");
        _items.Add(configuration);
    }
}
