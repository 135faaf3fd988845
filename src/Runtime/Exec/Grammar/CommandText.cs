using System.Globalization;
using System.Text;

namespace Runtime.Exec.Grammar;

/// <summary>
/// The text of a command before it is read: what could look different from what it is, to a person or to a program, is refused. Control
/// characters, invisible and bidirectional ones, blanks other than space and tab, halves of surrogate pairs (Unicode TR 36, TR 39).
/// </summary>
internal static class CommandText
{
    /// <summary>The longest command, UTF-16 units: as much as a person reads before approving.</summary>
    public const int Longest = 8192;

    private const int LongestBlank = 64;

    /// <summary>Passes a text that is what it looks like.</summary>
    /// <exception cref="CommandSyntaxException">It is not; denied.</exception>
    public static void Check(string text)
    {
        if (text.Length > Longest) throw Denied($"The command has {text.Length} characters; more than {Longest} cannot be judged by who approves it.");
        var blanks = 0;
        var before = default(Rune);
        for (var i = 0; i < text.Length;)
        {
            if (Rune.DecodeFromUtf16(text.AsSpan(i), out var rune, out var used) != System.Buffers.OperationStatus.Done) throw Denied($"Character {i} is half of a surrogate pair.");
            if (rune.Value is ' ' or '\t' or '\n')
            {
                if (++blanks > LongestBlank) throw Denied($"More than {LongestBlank} blanks in a row can push a part of the command out of view.");
            }
            else
            {
                blanks = 0;
                if (IsHidden(rune, before)) throw Denied($"Character {i} (U+{rune.Value:X4}) is invisible, a control character or an unusual blank.");
            }
            before = rune;
            i += used;
        }
    }

    /// <summary>True for what a person does not see, or sees as something else.</summary>
    private static bool IsHidden(Rune rune, Rune before)
    {
        if (rune.Value < 0x7F) return rune.Value < 0x20;
        // Emoji are joined by U+200D and marked by U+FE0F; elsewhere both are hidden.
        if (rune.Value is 0x200D or 0xFE0F) return before.Value < 0x203C;
        if (rune.Value is 0x115F or 0x1160 or 0x2800 or 0x3164 or 0xFFA0 or 0x034F or 0x17B4 or 0x17B5 or (>= 0x180B and <= 0x180F)) return true;
        if (rune.Value is (>= 0xFE00 and <= 0xFE0E) or (>= 0xE0000 and <= 0xE0FFF)) return true;
        return Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.SpaceSeparator or UnicodeCategory.LineSeparator
            or UnicodeCategory.ParagraphSeparator or UnicodeCategory.PrivateUse or UnicodeCategory.Surrogate;
    }

    private static CommandSyntaxException Denied(string reason) => new(reason, isDenied: true);
}
