using System.Text;

namespace Appliance.FirstBoot.Settings;

/// <summary>Settings that were looked at and will do. Immutable.</summary>
/// <param name="entries">Keys of <see cref="SettingKey.All"/> with their values, in that order.</param>
internal sealed class FirstBootSettings(IReadOnlyList<(SettingKey Key, string Value)> entries)
{
    /// <summary>Stands in the file's last line: what was cut off has none.</summary>
    public const string End = "end";

    /// <summary>The key of a file that was applied.</summary>
    public const string Applied = "applied";

    /// <summary>All there are.</summary>
    public IReadOnlyList<(SettingKey Key, string Value)> Entries => entries;

    /// <summary>A setting, or null where it was not given.</summary>
    public string? this[string key] => entries.FirstOrDefault(entry => entry.Key.Name == key).Value;

    /// <summary>A setting that may be given more than once.</summary>
    public IReadOnlyList<string> All(string key) => [.. entries.Where(entry => entry.Key.Name == key).Select(entry => entry.Value)];

    /// <summary>A file that says the same, secrets included.</summary>
    public string ToText() => Lines([], Line);

    /// <summary>What takes the place of the file once it was applied: without secrets, and without comments, in which some may stand too.</summary>
    public string ToReceipt() => Lines(
        ["# This was applied, and passwords and keys were erased. The file does nothing any more.", "# To set the box up anew, write a new one in its place.", $"{Applied} = yes"],
        entry => entry.Key.IsSecret ? $"# {entry.Key.Name} was applied and erased" : Line(entry));

    // In quotes, so that blanks at its ends are part of it.
    private static string Line((SettingKey Key, string Value) entry) => $"{entry.Key.Name} = \"{entry.Value}\"";

    // Ends of lines as Notepad of every age reads them.
    private string Lines(IEnumerable<string> before, Func<(SettingKey Key, string Value), string> write)
    {
        var text = new StringBuilder();
        foreach (var line in before) text.Append(line).Append("\r\n");
        foreach (var entry in entries) text.Append(write(entry)).Append("\r\n");
        return text.Append(End).Append("\r\n").ToString();
    }
}
