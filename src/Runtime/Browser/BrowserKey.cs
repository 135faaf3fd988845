namespace Runtime.Browser;

/// <summary>A key, as Input.dispatchKeyEvent wants it.</summary>
/// <param name="Key">Its meaning (UI Events, KeyboardEvent.key).</param>
/// <param name="Code">Its place (KeyboardEvent.code).</param>
/// <param name="Number">Its number (keyCode).</param>
/// <param name="Text">What it writes, or null.</param>
/// <param name="Modifiers">Keys that are held with it: 2 is Ctrl.</param>
internal sealed record BrowserKey(string Key, string Code, int Number, string? Text = null, int Modifiers = 0)
{
    /// <summary>Marks all that stands in a field.</summary>
    public static BrowserKey SelectAll { get; } = new("a", "KeyA", 65, null, 2);

    private static readonly BrowserKey[] All =
    [
        new("Enter", "Enter", 13, "\r"), new(" ", "Space", 32, " "), new("Tab", "Tab", 9), new("Escape", "Escape", 27), new("Backspace", "Backspace", 8), new("Delete", "Delete", 46), new("PageDown", "PageDown", 34),
        new("PageUp", "PageUp", 33), new("Home", "Home", 36), new("End", "End", 35), new("ArrowDown", "ArrowDown", 40), new("ArrowUp", "ArrowUp", 38), new("ArrowLeft", "ArrowLeft", 37), new("ArrowRight", "ArrowRight", 39),
    ];

    /// <summary>The names of all that can be pressed.</summary>
    public static string Names => string.Join(", ", All.Select(key => key.Code));

    /// <summary>True for a key that only moves what is seen.</summary>
    public bool OnlyMoves => Code is "PageDown" or "PageUp" or "Home" or "End" or "Tab" or "Escape";

    /// <summary>The key of that name, or null.</summary>
    public static BrowserKey? Find(string name) => Array.Find(All, key => key.Code.Equals(name, StringComparison.OrdinalIgnoreCase));
}
