namespace Runtime.Tools.Lists;

/// <summary>A line of a list. Immutable.</summary>
/// <param name="Written">As it stands in the file.</param>
internal sealed record ListLine(string Written)
{
    /// <summary>True for an item: a line that begins with -, * or +.</summary>
    public bool IsItem { get; private init; }

    /// <summary>True where it is ticked off.</summary>
    public bool IsDone { get; private init; }

    /// <summary>What is to be bought, done or remembered.</summary>
    public string Text { get; private init; } = "";

    /// <summary>A new item.</summary>
    public static ListLine Open(string text, bool isNote) => Parse(isNote ? $"- {text}" : $"- [ ] {text}");

    /// <summary>Reads a line.</summary>
    public static ListLine Parse(string line)
    {
        var text = line.TrimStart();
        if (text is not ['-' or '*' or '+', ' ', ..]) return new ListLine(line);
        text = text[2..].TrimStart();
        var isBox = text is ['[', ' ' or 'x' or 'X', ']', ..];
        var item = isBox ? text[3..].Trim() : text.Trim();
        return item.Length == 0 ? new ListLine(line) : new ListLine(line) { IsItem = true, IsDone = isBox && text[1] != ' ', Text = item };
    }
}
