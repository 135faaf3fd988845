namespace Runtime.Reflexes.Slots;

/// <summary>The lists of words of a language, by their names. Filled by one thread, then read by many.</summary>
internal sealed class WordLists
{
    private static readonly PhraseList None = new();
    private readonly Dictionary<string, PhraseList> _lists = new(StringComparer.Ordinal);

    /// <summary>The list of that name, which may be empty.</summary>
    public PhraseList this[string name] => _lists.GetValueOrDefault(name, None);

    /// <summary>What is said in its order: weekdays, months.</summary>
    public Dictionary<string, string[]> InOrder { get; } = new(StringComparer.Ordinal);

    /// <summary>Adds to a list.</summary>
    public void Add(string name, string line)
    {
        if (!_lists.TryGetValue(name, out var list)) _lists[name] = list = new PhraseList();
        list.Add(line);
    }

    /// <summary>True where there is a list of that name.</summary>
    public bool Has(string name) => _lists.ContainsKey(name);
}
