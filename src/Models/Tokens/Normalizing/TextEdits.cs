using System.Text;

namespace Models.Tokens.Normalizing;

/// <summary>Edits of a text character by character.</summary>
internal static class TextEdits
{
    /// <summary>Small letters, by Unicode's mapping without context and language: a final sigma stays σ, and İ becomes i and a dot.</summary>
    public static string ToLower(string text) => Map(text, (rune, result) =>
    {
        if (rune.Value == '\u0130')
            result.Append("i\u0307");
        else
            result.Append(Rune.ToLowerInvariant(rune).ToString());
    });

    /// <summary>A text without some characters.</summary>
    public static string Remove(string text, Func<Rune, bool> isRemoved) => Map(text, (rune, result) =>
    {
        if (!isRemoved(rune))
            result.Append(rune.ToString());
    });

    /// <summary>A text with each character replaced by what the function appends.</summary>
    public static string Map(string text, Action<Rune, StringBuilder> append)
    {
        var result = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
            append(rune, result);
        return result.ToString();
    }
}
