using Runtime.Tools.Policy;

namespace Runtime.Tools.Lists;

/// <summary>
/// Shopping lists, to-do lists and notes: Markdown files in the workspace that a person edits too. What it says is on the disk.
/// </summary>
internal sealed class ListTool() : Tool(
    "list", "Shopping, to-do and other lists; notes.",
    """{"type":"object","properties":{"action":{"enum":["add","show","remove","clear"]},"list":{"type":"string","description":"shopping, todo, notes, …"},"item":{"type":"string","description":"several: milk, eggs"}},"required":["action"]}""")
{
    private const int LongestItem = 2000, MostItems = 1000;

    // A change reads the file and writes it: one at a time, whoever asks.
    private readonly Lock _changes = new();

    public override ToolEffect Effect => ToolEffect.Writes;

    public override ToolProfile Profile => ToolProfile.Assistant;

    // Only what is shown was written by others, maybe.
    public override bool ReturnsData => false;

    public override ToolEffect EffectOf(ToolArguments arguments, ToolContext context) => arguments.OptionalText("action") == "show" ? ToolEffect.Reads : ToolEffect.Writes;

    public override Task<ToolResult> RunAsync(ToolArguments arguments, ToolContext context, CancellationToken cancellation)
    {
        var action = arguments.Text("action");
        if (action == "show") return Task.FromResult(new ToolResult(arguments.OptionalText("list") is { Length: > 0 } name ? Show(new ListFile(context.Files, name)) : Overview(context)) { IsData = true });
        var list = new ListFile(context.Files, arguments.OptionalText("list") is { Length: > 0 } named ? named : throw new ToolException("Which list? There is none of no name."));
        lock (_changes)
        {
            return Task.FromResult(new ToolResult(action switch
            {
                "add" => Add(list, arguments.Text("item")),
                "remove" => Remove(list, arguments.Text("item")),
                "clear" => Clear(list),
                _ => throw new ToolException($"There is no action {action}; there are add, show, remove and clear."),
            }));
        }
    }

    private static string Add(ListFile list, string item)
    {
        var items = Several(list, item);
        if (items.Any(i => i.Length > LongestItem)) throw new ToolException($"An item has up to {LongestItem} characters.");
        var (there, added) = (list.Read(), new List<string>());
        foreach (var each in items)
        {
            if (list.IsNotes || !there.Any(line => line is { IsItem: true, IsDone: false } && Same(line.Text, each)))
            {
                added.Add(each);
                there.Add(ListLine.Open(each, list.IsNotes));
            }
        }
        if (there.Count(line => line.IsItem) > MostItems) throw new ToolException($"{list.Name} would have more than {MostItems} items; clear it, or begin another list.");
        if (added.Count > 0) list.Write(there);
        var known = items.Except(added).ToList();
        return string.Join(' ', (string[])[
            .. added.Count > 0 ? [$"Added to {list.Name}: {string.Join(", ", added)}."] : (string[])[],
            .. known.Count > 0 ? [$"Already on {list.Name}: {string.Join(", ", known)}."] : (string[])[]]);
    }

    private static string Remove(ListFile list, string item)
    {
        var (lines, gone, missing) = (list.Read(), new List<string>(), new List<string>());
        foreach (var each in Several(list, item))
        {
            // What is named exactly, else the one item that contains it.
            var found = lines.FindIndex(line => line.IsItem && Same(line.Text, each));
            if (found < 0 && lines.Where(line => line.IsItem && line.Text.Contains(each, StringComparison.OrdinalIgnoreCase)).Take(2).ToList() is [var only]) found = lines.IndexOf(only);
            if (found < 0) missing.Add(each);
            else
            {
                gone.Add(lines[found].Text);
                lines.RemoveAt(found);
            }
        }
        if (gone.Count == 0) throw new ToolException($"Not on {list.Name}: {string.Join(", ", missing)}.");
        list.Write(lines);
        return $"Removed from {list.Name}: {string.Join(", ", gone)}.{(missing.Count > 0 ? $" Not on it: {string.Join(", ", missing)}." : "")}";
    }

    private static string Clear(ListFile list)
    {
        var lines = list.Read();
        var gone = lines.RemoveAll(line => line.IsItem);
        if (gone == 0) return $"{list.Name} is empty already.";
        list.Write(lines);
        return $"Cleared {list.Name}: {Count(gone)} removed.";
    }

    private static string Show(ListFile list)
    {
        var items = list.Read().Where(line => line.IsItem).ToList();
        return items.Count == 0 ? $"{list.Name} is empty." : $"{list.Name}:\n{string.Join('\n', items.Select(item => $"- {item.Text}{(item.IsDone ? " (done)" : "")}"))}";
    }

    private static string Overview(ToolContext context)
    {
        var lists = ListFile.All(context.Files).Select(list => $"{list.Name} ({Count(list.Read().Count(line => line is { IsItem: true, IsDone: false }))})").ToList();
        return lists.Count == 0 ? "There are no lists." : $"Lists: {string.Join(", ", lists)}.";
    }

    // A note is a sentence, and its commas are its own.
    private static List<string> Several(ListFile list, string item)
    {
        var items = (list.IsNotes ? [item.ReplaceLineEndings(" ")] : item.Split([',', ';', '\n', '，', '、'])).Select(i => i.Trim().TrimStart('-', '*').TrimStart()).Where(i => i.Length > 0).ToList();
        // milk, eggs, and bread
        if (items is [_, .., var last] && last.StartsWith("and ", StringComparison.OrdinalIgnoreCase)) items[^1] = last[4..].TrimStart();
        return items.Count > 0 ? [.. items.Distinct(StringComparer.OrdinalIgnoreCase)] : throw new ToolException("The argument item is missing.");
    }

    private static bool Same(string a, string b) => a.Equals(b, StringComparison.OrdinalIgnoreCase);

    private static string Count(int items) => items == 1 ? "1 item" : $"{items} items";
}
