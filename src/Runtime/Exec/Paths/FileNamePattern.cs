using System.Text;

namespace Runtime.Exec.Paths;

/// <summary>
/// Patterns of file names as the shell expands them (POSIX.1-2024, XCU 2.14): <c>* ? [ ]</c>, names that begin with a dot only where the
/// pattern does, sorted by bytes; a pattern that matches nothing stays as it is.
/// </summary>
internal static class FileNamePattern
{
    private const int MostNames = 1000;

    /// <summary>The paths a pattern stands for; null where there are too many.</summary>
    /// <param name="pattern">The pattern, quoted characters behind a backslash.</param>
    /// <param name="folder">Where relative ones begin.</param>
    /// <param name="mayRead">Which folders may be looked into.</param>
    public static IReadOnlyList<string>? Expand(string pattern, string folder, Func<string, bool> mayRead)
    {
        var parts = pattern.Split('/');
        var paths = new List<string> { pattern.StartsWith('/') ? "/" : "" };
        for (var i = pattern.StartsWith('/') ? 1 : 0; i < parts.Length; i++)
        {
            var (part, isLast, next) = (parts[i], i == parts.Length - 1, new List<string>());
            foreach (var path in paths)
            {
                if (!IsPattern(part)) next.Add(path + Unquoted(part) + (isLast ? "" : "/"));
                else next.AddRange(Matching(part, path.Length == 0 ? folder : Path.Combine(folder, path), isLast, mayRead).Select(name => path + name + (isLast ? "" : "/")));
                if (next.Count > MostNames) return null;
            }
            paths = next;
        }
        var found = paths.Where(path => Path.Exists(Path.Combine(folder, path)) || new FileInfo(Path.Combine(folder, path)).LinkTarget is not null).ToList();
        found.Sort(StringComparer.Ordinal);
        return found;
    }

    /// <summary>True where a name matches a pattern without slashes.</summary>
    public static bool IsMatch(ReadOnlySpan<char> pattern, ReadOnlySpan<char> name)
    {
        // One place to come back to is enough: a later star takes over from an earlier one.
        var (p, n, star, resume) = (0, 0, -1, 0);
        while (n < name.Length)
        {
            if (p < pattern.Length && pattern[p] == '*')
            {
                (star, resume) = (++p, n);
                continue;
            }
            if (p < pattern.Length && MatchesOne(pattern[p..], name[n], out var used))
            {
                p += used;
                n++;
                continue;
            }
            if (star < 0) return false;
            (p, n) = (star, ++resume);
        }
        while (p < pattern.Length && pattern[p] == '*') p++;
        return p == pattern.Length;
    }

    private static IEnumerable<string> Matching(string part, string folder, bool isLast, Func<string, bool> mayRead)
    {
        if (!Directory.Exists(folder) || !mayRead(folder)) return [];
        try
        {
            return [.. (isLast ? Directory.EnumerateFileSystemEntries(folder) : Directory.EnumerateDirectories(folder))
                .Select(Path.GetFileName).OfType<string>().Where(name => (name[0] != '.' || part[0] == '.') && IsMatch(part, name)).Take(MostNames + 1)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private static bool MatchesOne(ReadOnlySpan<char> pattern, char c, out int used)
    {
        used = 1;
        switch (pattern[0])
        {
            case '?':
                return true;
            case '\\' when pattern.Length > 1:
                used = 2;
                return pattern[1] == c;
            case '[':
                return MatchesBracket(pattern, c, out used);
            default:
                return pattern[0] == c;
        }
    }

    private static bool MatchesBracket(ReadOnlySpan<char> pattern, char c, out int used)
    {
        var i = 1;
        var isNegated = i < pattern.Length && pattern[i] is '!' or '^';
        if (isNegated) i++;
        var (first, isIn) = (i, false);
        for (; i < pattern.Length && (pattern[i] != ']' || i == first); i++)
        {
            if (pattern[i] == '\\' && i + 1 < pattern.Length) i++;
            var low = pattern[i];
            if (i + 2 < pattern.Length && pattern[i + 1] == '-' && pattern[i + 2] != ']')
            {
                i += 2;
                isIn |= low <= c && c <= pattern[i];
            }
            else isIn |= low == c;
        }
        used = i + 1;
        if (i < pattern.Length) return isIn != isNegated;
        // Not closed: the bracket is itself.
        used = 1;
        return c == '[';
    }

    private static bool IsPattern(string part)
    {
        for (var i = 0; i < part.Length; i++)
        {
            if (part[i] == '\\') i++;
            else if (part[i] is '*' or '?' or '[') return true;
        }
        return false;
    }

    private static string Unquoted(string part)
    {
        if (!part.Contains('\\')) return part;
        var text = new StringBuilder();
        for (var i = 0; i < part.Length; i++) text.Append(part[i] == '\\' && i + 1 < part.Length ? part[++i] : part[i]);
        return text.ToString();
    }
}
