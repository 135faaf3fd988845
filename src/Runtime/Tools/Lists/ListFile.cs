using System.Text;
using Runtime.Tools.Files;

namespace Runtime.Tools.Lists;

/// <summary>
/// A list: <c>lists/NAME.md</c> of a workspace. Lines that are no items (headings, remarks) are their writer's and stay as they are.
/// </summary>
internal sealed class ListFile
{
    private const string Folder = "lists", Extension = ".md", Notes = "notes";
    private const int LongestName = 60;

    private readonly FileArea _files;

    /// <summary>The list of a name, which need not exist: shopping, Shopping list and the shopping-list are one.</summary>
    /// <exception cref="ToolException">No file can have the name.</exception>
    public ListFile(FileArea files, string name)
    {
        _files = files;
        var words = name.Trim().ToLowerInvariant().Split([' ', '-', '_'], StringSplitOptions.RemoveEmptyEntries).ToList();
        if (words is ["the" or "my", _, ..]) words.RemoveAt(0);
        if (words is [_, .., "list"]) words.RemoveAt(words.Count - 1);
        Name = string.Join('-', words) switch { "to-do" or "todos" or "to-dos" or "task" or "tasks" => "todo", "note" => Notes, var other => other };
        if (Name.Length is 0 or > LongestName || !Name.All(c => char.IsLetterOrDigit(c) || c == '-'))
            throw new ToolException($"A list's name is made of letters, digits and spaces, up to {LongestName} of them.");
    }

    /// <summary>The name it goes by.</summary>
    public string Name { get; }

    /// <summary>True for notes, which are not ticked off.</summary>
    public bool IsNotes => Name == Notes;

    private string Path => $"{Folder}/{Name}{Extension}";

    /// <summary>The lists of a workspace, by name.</summary>
    public static IEnumerable<ListFile> All(FileArea files) =>
        Entries(files).Where(entry => entry.Kind == FileKind.File && entry.Name.EndsWith(Extension, StringComparison.Ordinal))
            .Select(entry => new ListFile(files, entry.Name[..^Extension.Length])).Where(list => files.Exists(list.Path));

    /// <summary>Its lines; none where there is no such file.</summary>
    /// <exception cref="ToolException">It cannot be read, or is no text.</exception>
    public List<ListLine> Read()
    {
        if (_files.Exists(Path)) return [.. FileText.Of(Path, _files.ReadAll(Path)).ReplaceLineEndings("\n").TrimEnd('\n').Split('\n').Select(ListLine.Parse)];
        if (Entries(_files).Any(entry => entry.Name == Name + Extension)) throw new ToolException($"{Path} is there and cannot be read; it may be a link.");
        return [new ListLine($"# {Name}"), new ListLine("")];
    }

    /// <summary>Replaces its lines; they are on the disk when this returns.</summary>
    /// <exception cref="ToolException">It cannot be written.</exception>
    public void Write(IEnumerable<ListLine> lines)
    {
        var text = new StringBuilder();
        foreach (var line in lines) text.Append(line.Written).Append('\n');
        _files.Write(Path, FileText.Bytes(text.ToString()));
    }

    private static IReadOnlyList<FileEntry> Entries(FileArea files)
    {
        try { return files.List(Folder); }
        catch (ToolException) { return []; }
    }
}
