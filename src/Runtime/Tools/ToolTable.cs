using System.Collections.Frozen;

namespace Runtime.Tools;

/// <summary>All tools of this box by name: one table, for every agent and every door. Immutable.</summary>
public sealed class ToolTable
{
    private readonly FrozenDictionary<string, Tool> _byName;

    /// <summary>The table of these tools.</summary>
    /// <exception cref="ArgumentException">Two have one name.</exception>
    public ToolTable(IEnumerable<Tool> tools)
    {
        All = [.. tools];
        if (All.GroupBy(t => t.Name, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1) is { } twice)
            throw new ArgumentException($"Two tools have the name {twice.Key}.", nameof(tools));
        _byName = All.ToFrozenDictionary(t => t.Name, StringComparer.Ordinal);
    }

    /// <summary>All, in the order of the table, which is the order of prompts.</summary>
    public IReadOnlyList<Tool> All { get; }

    /// <summary>The tool of that name, or null.</summary>
    public Tool? Find(string name) => _byName.GetValueOrDefault(name);
}
