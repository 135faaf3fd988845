using System.Security.Cryptography;
using System.Text;
using Runtime.Sessions;
using Runtime.Tools.Skills;

namespace Runtime.Context;

/// <summary>
/// Text that others wrote, made harmless for a prompt: marks of chat templates in it are broken, characters that cannot be seen are taken
/// out, and what a tool brought stands between marks with a word that nobody could know who wrote it. Pure.
/// </summary>
internal static class DataText
{
    // What chat templates, tool call formats and our own wrapping begin their marks with, in lower case.
    private static readonly string[] Marks =
    [
        "<|", "<｜", "<s>", "</s>", "<bos>", "<eos>", "<start_of_turn", "<end_of_turn", "<tool_call", "</tool_call", "<tool_response", "</tool_response", "<tools>",
        "</tools>", "<think", "</think", "[inst]", "[/inst]", "[tool_calls]", "[tool_results]", "[/tool_results]", "[available_tools]", "<<sys>>", "<</sys>>", "<data", "</data", "<skill", "</skill",
    ];

    /// <summary>What a tool answered, as the model sees it.</summary>
    public static string Wrap(SessionMessage result)
    {
        if (!result.IsData) return Neutral(result.Text);
        // The line's id was drawn at random after the text was written.
        var word = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(result.Id)).AsSpan(0, 3));
        // A skill that its owner put there is to be of use, and is no more than that: it has a mark of its own, and SkillCards says what for.
        var mark = result.ToolName == SkillTool.ToolName ? "skill" : "data";
        return $"<{mark} {word}>\n{Neutral(result.Text)}\n</{mark} {word}>";
    }

    /// <summary>The text without invisible characters and with its marks broken; everything else as it was.</summary>
    public static string Neutral(string text)
    {
        var visible = Visible(text);
        StringBuilder? broken = null;
        for (var at = 0; at < visible.Length; at++)
        {
            var breaks = visible[at] is '<' or '[' or '＜' && BeginsMark(visible, at);
            if (breaks) broken ??= new StringBuilder(visible.Length + 16).Append(visible, 0, at);
            // A look-alike of the same width: a person reads the same, a tokenizer does not.
            broken?.Append(breaks ? visible[at] switch { '[' => '⁅', _ => '‹' } : visible[at]);
        }
        return broken?.ToString() ?? visible;
    }

    /// <summary>The text without control characters (but tabs and line ends), direction overrides, zero-width characters and tags.</summary>
    public static string Visible(string text)
    {
        StringBuilder? shown = null;
        for (var at = 0; at < text.Length; at++)
        {
            var hidden = IsHidden(text, at);
            if (hidden > 0) shown ??= new StringBuilder(text.Length).Append(text, 0, at);
            else shown?.Append(text[at]);
            if (hidden == 2) at++;
        }
        return shown?.ToString() ?? text;
    }

    // How many of the characters from here on are not to be seen: 0, 1 or 2.
    private static int IsHidden(string text, int at)
    {
        var c = text[at];
        if (c < ' ') return c is '\n' or '\t' or '\r' ? 0 : 1;
        // Plane 14 holds tags: letters without a shape.
        if (c == '\uDB40' && at + 1 < text.Length && char.IsLowSurrogate(text[at + 1])) return 2;
        return c is (>= '\u007F' and <= '\u009F') or '\u00AD' or '\u061C' or '\u180E' or '\u200B' or '\u200E' or '\u200F' or (>= '\u202A' and <= '\u202E')
            or (>= '\u2060' and <= '\u206F') or '\uFEFF' or (>= '\uFFF9' and <= '\uFFFB') ? 1 : 0;
    }

    private static bool BeginsMark(string text, int at)
    {
        // Wide forms are read as the narrow ones by some models.
        var rest = text.AsSpan(at + 1);
        foreach (var mark in Marks)
        {
            if ((mark[0] == text[at] || (mark[0] == '<' && text[at] == '＜')) && rest.StartsWith(mark.AsSpan(1), StringComparison.OrdinalIgnoreCase)) return true;
        }
        return false;
    }
}
