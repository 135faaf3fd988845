namespace Runtime.Tools.Files;

/// <summary>What a patch does to one file. The form is the one models were taught: "*** Update File: path", then hunks of lines with ' ', '-' or '+'. Pure.</summary>
/// <param name="Kind">What is done.</param>
/// <param name="Path">The file.</param>
/// <param name="Lines">The lines that follow its head.</param>
internal sealed record FilePatch(FilePatchKind Kind, string Path, IReadOnlyList<string> Lines)
{
    private const string Begin = "*** Begin Patch", End = "*** End Patch", Add = "*** Add File: ", Update = "*** Update File: ", Delete = "*** Delete File: ",
        Move = "*** Move to: ", EndOfFile = "*** End of File";

    /// <summary>Where an updated file goes; null where it stays.</summary>
    public string? MoveTo { get; init; }

    /// <summary>The text of an added file.</summary>
    public string Added => string.Concat(Lines.Select(line => line is ['+', .. var rest] ? rest + "\n" : throw new ToolException($"Each line of the new file {Path} must begin with +.")));

    /// <summary>Reads a patch.</summary>
    /// <exception cref="ToolException">It is none.</exception>
    public static IReadOnlyList<FilePatch> Parse(string text)
    {
        var lines = text.ReplaceLineEndings("\n").Trim('\n').Split('\n');
        if (lines[0].Trim() != Begin || lines[^1].Trim() != End) throw new ToolException($"The patch must begin with {Begin} and end with {End}.");
        var patches = new List<FilePatch>();
        for (var at = 1; at < lines.Length - 1;)
        {
            var (kind, path) = Head(lines[at]) ?? throw new ToolException($"Expected \"*** Add File: \", \"*** Update File: \" or \"*** Delete File: \", not: {Bounded.Begin(lines[at], 80)}");
            at++;
            var move = kind == FilePatchKind.Update && lines[at].StartsWith(Move, StringComparison.Ordinal) ? lines[at++][Move.Length..].Trim() : null;
            var first = at;
            while (at < lines.Length - 1 && Head(lines[at]) is null) at++;
            patches.Add(new FilePatch(kind, path, lines[first..at]) { MoveTo = move });
        }
        if (patches.Count == 0) throw new ToolException("The patch changes nothing.");
        if (patches.GroupBy(p => p.Path, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1) is { } twice)
            throw new ToolException($"The patch names {twice.Key} more than once; put its hunks together.");
        return patches;
    }

    /// <summary>The file's new text.</summary>
    /// <exception cref="ToolException">A hunk does not fit.</exception>
    public string Apply(string text)
    {
        var lines = text.ReplaceLineEndings("\n").Split('\n').ToList();
        var from = 0;
        foreach (var hunk in Hunks())
        {
            if (hunk.Context is { } context)
            {
                var at = lines.FindIndex(from, line => line.Trim() == context);
                if (at < 0) throw new ToolException($"The line \"{Bounded.Begin(context, 80)}\" does not occur in {Path}.");
                from = at + 1;
            }
            var place = hunk.Old.Count == 0 ? (hunk.Context is null ? EndOf(lines) : from) : FindHunk(lines, hunk.Old, from);
            if (place < 0) throw new ToolException($"These lines do not occur in {Path} where the patch expects them:\n{Bounded.Begin(string.Join('\n', hunk.Old), 400)}\nRead the file and copy them exactly.");
            lines.RemoveRange(place, hunk.Old.Count);
            lines.InsertRange(place, hunk.New);
            from = place + hunk.New.Count;
        }
        var result = string.Join('\n', lines);
        return text.Contains("\r\n", StringComparison.Ordinal) ? result.Replace("\n", "\r\n", StringComparison.Ordinal) : result;
    }

    private static (FilePatchKind, string)? Head(string line) =>
        line.StartsWith(Add, StringComparison.Ordinal) ? (FilePatchKind.Add, line[Add.Length..].Trim())
        : line.StartsWith(Update, StringComparison.Ordinal) ? (FilePatchKind.Update, line[Update.Length..].Trim())
        : line.StartsWith(Delete, StringComparison.Ordinal) ? (FilePatchKind.Delete, line[Delete.Length..].Trim()) : null;

    private IEnumerable<(string? Context, List<string> Old, List<string> New)> Hunks()
    {
        string? context = null;
        List<string> old = [], next = [];
        foreach (var line in Lines)
        {
            if (line.StartsWith("@@", StringComparison.Ordinal))
            {
                if (old.Count + next.Count > 0) yield return (context, old, next);
                (context, old, next) = (line[2..].Trim() is { Length: > 0 } named ? named : null, [], []);
            }
            else if (line == EndOfFile) continue;
            else if (line is ['+', .. var added]) next.Add(added);
            else if (line is ['-', .. var removed]) old.Add(removed);
            else
            {
                // An empty line of context often comes without its space.
                var kept = line is [' ', .. var rest] ? rest : line.Length == 0 ? "" : throw new ToolException($"A hunk's line must begin with ' ', '-' or '+': {Bounded.Begin(line, 80)}");
                old.Add(kept);
                next.Add(kept);
            }
        }
        if (old.Count + next.Count > 0) yield return (context, old, next);
    }

    // Exactly, or but for spaces at the ends of lines.
    private static int FindHunk(List<string> lines, List<string> hunk, int from)
    {
        foreach (var same in (Func<string, string, bool>[])[(a, b) => a == b, (a, b) => a.TrimEnd() == b.TrimEnd()])
        {
            for (var at = from; at + hunk.Count <= lines.Count; at++)
            {
                var i = 0;
                while (i < hunk.Count && same(lines[at + i], hunk[i])) i++;
                if (i == hunk.Count) return at;
            }
        }
        return -1;
    }

    private static int EndOf(List<string> lines) => lines is [.., ""] ? lines.Count - 1 : lines.Count;
}

/// <summary>What a patch does to a file.</summary>
internal enum FilePatchKind
{
    /// <summary>A new file.</summary>
    Add,

    /// <summary>Changed lines, and a new name perhaps.</summary>
    Update,

    /// <summary>The file goes.</summary>
    Delete,
}
