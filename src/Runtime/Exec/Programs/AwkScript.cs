using System.Collections.Frozen;

namespace Runtime.Exec.Programs;

/// <summary>
/// Whether a program in awk can only compute and print: no command, no file, no code from elsewhere (POSIX.1-2024, awk; gawk's additions).
/// Its words are looked at, not its sense: what awk itself would refuse may pass, what could run or write does not.
/// </summary>
internal static class AwkScript
{
    private static readonly FrozenSet<string> Keywords = FrozenSet.ToFrozenSet(
        ["if", "else", "for", "in", "while", "do", "break", "continue", "next", "exit", "print", "printf", "delete", "BEGIN", "END"], StringComparer.Ordinal);

    private static readonly FrozenSet<string> Functions = FrozenSet.ToFrozenSet(
        ["length", "substr", "index", "split", "sub", "gsub", "match", "sprintf", "toupper", "tolower", "int", "sqrt", "exp", "log", "sin", "cos", "atan2", "rand"], StringComparer.Ordinal);

    // Names of awk's own; the others of capitals reach the environment, the arguments or the functions (gawk: SYMTAB, PROCINFO).
    private static readonly FrozenSet<string> Variables = FrozenSet.ToFrozenSet(
        ["NR", "NF", "FNR", "FS", "OFS", "RS", "ORS", "FILENAME", "RSTART", "RLENGTH", "SUBSEP", "CONVFMT", "OFMT", "IGNORECASE", "FIELDWIDTHS", "FPAT"], StringComparer.Ordinal);

    /// <summary>True for a name that a program may use, and <c>-v</c> may set.</summary>
    public static bool IsVariable(string name) =>
        name.Length > 0 && !char.IsAsciiDigit(name[0]) && name.All(IsOfName) && !Keywords.Contains(name) && !Functions.Contains(name)
        && name is not ("system" or "getline" or "close" or "fflush" or "function" or "func" or "return" or "nextfile" or "switch" or "case" or "default")
        && (Variables.Contains(name) || name.Any(char.IsAsciiLetterLower) || name.Length == 1);

    /// <summary>True where nothing in it can run, write or read anything but what awk is given.</summary>
    public static bool IsHarmless(string text)
    {
        var (i, before, isPrinting) = (0, ' ', false);
        while (i < text.Length)
        {
            var c = text[i];
            if (c is ' ' or '\t')
            {
                i++;
                continue;
            }
            if (c == '"' || (c == '/' && IsBeforePattern(before)))
            {
                // What is before a quote decides nothing: a text begins wherever one stands.
                i = EndOf(text, i);
                if (i < 0) return false;
                before = '"';
                continue;
            }
            if (IsOfName(c))
            {
                var start = i;
                while (i < text.Length && (IsOfName(text[i]) || (text[i] == '.' && char.IsAsciiDigit(text[start])))) i++;
                var word = text[start..i];
                if (Keywords.Contains(word))
                {
                    isPrinting |= word is "print" or "printf";
                    // Nothing that divides can follow.
                    before = 'k';
                    continue;
                }
                if (!Functions.Contains(word) && !char.IsAsciiDigit(word[0]) && (!IsVariable(word) || (i < text.Length && text[i] == '('))) return false;
                // A slash after a function without brackets is read in two ways.
                before = Functions.Contains(word) ? 'k' : 'a';
                continue;
            }
            // Not at the end of a line: print goes on after a comma there.
            if (c is ';' or '}') isPrinting = false;
            // After print this names a file, wherever it stands (POSIX leaves it open inside an expression).
            if (c == '>' && isPrinting) return false;
            if (c == '|' && i + 1 < text.Length && text[i + 1] == '|') i++;
            else if (c == '|' || !"{}()[];,$+-*/%^!<>=~&?:\n".Contains(c)) return false;
            // Nor after a closing bracket, which may be that of if or while.
            if (c == '/' && before is not ('a' or '"' or ']')) return false;
            before = c;
            i++;
        }
        return true;
    }

    /// <summary>Where a slash cannot divide, so that it begins a pattern.</summary>
    private static bool IsBeforePattern(char before) => before is ' ' or '(' or ',' or '{' or '}' or ';' or '\n' or '!' or '~' or '&' or '|';

    /// <summary>The place after a text or a pattern; -1 where it has no end, or versions of awk could see another.</summary>
    private static int EndOf(string text, int start)
    {
        for (var i = start + 1; i < text.Length; i++)
        {
            if (text[i] == '\n' || (text[i] == '\\' && text.AsSpan(i + 1).StartsWith("\n"))) return -1;
            if (text[i] == '\\') i++;
            else if (text[i] == text[start]) return i + 1;
            else if (text[start] == '/' && text[i] == '[')
            {
                // Whether a slash inside a bracket ends the pattern differs, and so does what a backslash is there.
                var close = text.IndexOf(']', i + 1);
                if (close < 0 || text.AsSpan(i, close - i).ContainsAny('/', '\\', '\n') || text.AsSpan(i + 1, close - i - 1).Contains('[') || close <= i + 1 || (text[i + 1] == '^' && close == i + 2)) return -1;
                i = close;
            }
        }
        return -1;
    }

    private static bool IsOfName(char c) => char.IsAsciiLetterOrDigit(c) || c == '_';
}
