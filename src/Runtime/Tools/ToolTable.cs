using System.Collections.Frozen;

namespace Runtime.Tools;

/// <summary>
/// All tools of this box by name: one table, for every agent and every door. The box's own stand first and never change; those of a source
/// come after them, and none of these takes the name of one of the box's. Safe for several threads.
/// </summary>
public sealed class ToolTable
{
    private readonly FrozenDictionary<string, Tool> _byName;
    private readonly IReadOnlyList<Tool> _own;
    private readonly IToolSource? _more;

    /// <summary>The table of these tools.</summary>
    /// <param name="tools">The box's own.</param>
    /// <param name="more">Where further ones come from; null for nowhere.</param>
    /// <exception cref="ArgumentException">Two have one name.</exception>
    public ToolTable(IEnumerable<Tool> tools, IToolSource? more = null)
    {
        (_own, _more) = ([.. tools], more);
        if (_own.GroupBy(t => t.Name, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1) is { } twice)
            throw new ArgumentException($"Two tools have the name {twice.Key}.", nameof(tools));
        _byName = _own.ToFrozenDictionary(t => t.Name, StringComparer.Ordinal);
    }

    /// <summary>All, in the order of the table, which is the order of prompts.</summary>
    public IReadOnlyList<Tool> All => _more?.Tools is { Count: > 0 } further ? [.. _own, .. further.Where(tool => !_byName.ContainsKey(tool.Name))] : _own;

    /// <summary>The tool of that name, or null.</summary>
    public Tool? Find(string name) => _byName.GetValueOrDefault(name) ?? _more?.Tools.FirstOrDefault(tool => tool.Name == name);

    /// <summary>Lets the source learn which tools it has, where it does not know yet. Does not fail.</summary>
    public Task PrepareAsync(CancellationToken cancellation) => _more?.PrepareAsync(cancellation) ?? Task.CompletedTask;
}
