using System.Globalization;
using System.Text;

namespace Runtime.Approvals;

/// <summary>
/// Text that somebody else wrote, made safe to show: control characters, escape sequences, invisible and bidirectional characters appear as
/// what they are (<c>\u{202E}</c>), so that nothing is hidden, moved or coloured. Pure; nothing is cut.
/// </summary>
public static class DisplayText
{
    /// <summary>The text with every such character written out.</summary>
    public static string Escape(string text)
    {
        if (text.AsSpan().IndexOfAnyExceptInRange(' ', '~') < 0) return text;
        var shown = new StringBuilder(text.Length + 16);
        for (var i = 0; i < text.Length;)
        {
            var isWhole = Rune.DecodeFromUtf16(text.AsSpan(i), out var rune, out var used) == System.Buffers.OperationStatus.Done;
            if (isWhole && !IsHidden(rune)) shown.Append(text, i, used);
            else if (rune.Value == '\n' && isWhole) shown.Append("\\n");
            else if (rune.Value == '\t' && isWhole) shown.Append("\\t");
            else shown.Append(CultureInfo.InvariantCulture, $"\\u{{{(isWhole ? rune.Value : text[i]):X}}}");
            i += used;
        }
        return shown.ToString();
    }

    private static bool IsHidden(Rune rune) => Rune.GetUnicodeCategory(rune) switch
    {
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned => true,
        UnicodeCategory.SpaceSeparator => rune.Value != ' ',
        _ => rune.Value is 0x115F or 0x1160 or 0x2800 or 0x3164 or 0xFFA0 or 0x034F or (>= 0xFE00 and <= 0xFE0F) or (>= 0xE0100 and <= 0xE01EF),
    };
}
