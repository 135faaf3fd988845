using Runtime.Exec.Paths;
using Runtime.Exec.Programs;

namespace Runtime.Exec;

/// <summary>
/// The programs an owner lets run without asking, each within its profile. An entry is a name (<c>git</c>), the whole path of a program,
/// a name with first arguments (<c>git log</c>), or an interpreter with a script (<c>python3 scripts/*.py</c>; alone it stands for the
/// files directly in <c>scripts/</c>). Immutable.
/// </summary>
public sealed class AllowList
{
    private static readonly string[] Interpreters = ["python3", "python", "node", "bash", "sh", "perl", "ruby"];

    private readonly List<string[]> _entries;

    private AllowList(List<string[]> entries) => _entries = entries;

    /// <summary>Programs that only read.</summary>
    public static AllowList Readers { get; } = new([.. ProgramProfiles.Readers.Select(name => new[] { name })]);

    /// <summary>Nothing.</summary>
    public static AllowList Empty { get; } = new([]);

    /// <summary>Reads entries separated by commas or new lines.</summary>
    public static AllowList Parse(string text) => Of(text.Split([',', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));

    /// <summary>A list of entries.</summary>
    public static AllowList Of(IEnumerable<string> entries) => new([.. entries.Select(Words).Where(words => words.Length > 0)]);

    /// <summary>Entries, as they are written.</summary>
    public IEnumerable<string> Entries => _entries.Select(words => string.Join(' ', words));

    /// <summary>The scripts that an interpreter may run: patterns of paths in the workspace.</summary>
    public IEnumerable<string> ScriptsOf(string interpreter) => _entries.Where(words => Path.GetFileName(words[0]) == interpreter)
        .Select(words => words.Length > 1 ? words[1].StartsWith("./", StringComparison.Ordinal) ? words[1][2..] : words[1] : "scripts/*");

    /// <summary>True where a program with its arguments is on the list, by name or by whole path.</summary>
    public bool Holds(string name, string? path, IReadOnlyList<string> arguments) => _entries.Any(words => (words[0] == name || IsAt(words[0], name, path)) && (Interpreters.Contains(name) || StartsWith(arguments, words)));

    /// <summary>A whole path stands for its file by whatever way it is reached: /bin is /usr/bin on many systems.</summary>
    private static bool IsAt(string entry, string name, string? path) =>
        path is not null && entry.StartsWith('/') && Path.GetFileName(entry) == name && (entry == path || (Workspace.RealPath(entry) is { } real && real == Workspace.RealPath(path)));

    private static string[] Words(string entry)
    {
        // python3:scripts/*.py is the same as python3 scripts/*.py.
        var words = entry.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
        return words is [var one] && one.IndexOf(':') is > 0 and var colon ? [one[..colon], one[(colon + 1)..]] : words;
    }

    private static bool StartsWith(IReadOnlyList<string> arguments, string[] words)
    {
        for (var i = 1; i < words.Length; i++)
        {
            if (words[i] == "*" && i == words.Length - 1) return true;
            if (i > arguments.Count || arguments[i - 1] != words[i]) return false;
        }
        return true;
    }
}
