using System.Globalization;
using System.Text;
using Models.Tokens.Unicode;

namespace Runtime.Skills.Installing;

/// <summary>
/// Names in an archive, believed only where they mean the same file everywhere: below the folder, without detours, in one spelling. Names
/// that differ in case or in how their letters are composed count as the same, because some disks hold them to be.
/// </summary>
internal sealed class ArchiveNames
{
    private const int Longest = 240, Deepest = 12;

    private readonly HashSet<string> _files = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _folders = new(StringComparer.Ordinal);

    /// <summary>Takes a name in; gives it without a slash at its end.</summary>
    /// <exception cref="SkillException">It is not to be believed, or is there twice.</exception>
    public string Add(string name, bool isFolder)
    {
        var path = isFolder ? name.TrimEnd('/') : name;
        if (path.StartsWith("./", StringComparison.Ordinal)) path = path[2..];
        if (isFolder && path is "" or ".") return "";
        if (Problem(path) is { } problem) throw new SkillException($"The archive was refused: the name \"{Approvals.DisplayText.Escape(path.Length > 120 ? path[..120] + "…" : path)}\" {problem}.");
        var key = Key(path);
        for (var slash = path.IndexOf('/'); slash >= 0; slash = path.IndexOf('/', slash + 1)) AddFolder(path[..slash]);
        if (isFolder) AddFolder(path);
        else if (_folders.ContainsKey(key) || !_files.Add(key)) throw Twice(path);
        return path;
    }

    private void AddFolder(string path)
    {
        var key = Key(path);
        if (_files.Contains(key) || (_folders.TryGetValue(key, out var before) && before != path)) throw Twice(path);
        _folders[key] = path;
    }

    private static string? Problem(string path)
    {
        if (path.Length is 0 or > Longest) return $"must have 1 to {Longest} characters";
        if (path[0] == '/' || (path.Length > 1 && path[1] == ':')) return "is absolute";
        foreach (var c in path.EnumerateRunes())
        {
            if (c.Value is '\\' or ':' or '*' or '?' or '"' or '<' or '>' or '|') return $"has a {c} in it";
            if (c == Rune.ReplacementChar || Rune.GetUnicodeCategory(c) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned
                or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator || (Rune.IsWhiteSpace(c) && c.Value != ' ')) return "has a character in it that cannot be seen";
        }
        if (UnicodeNormalizer.Normalize(path, compose: true, compatibility: false) != path) return "is not written in Unicode's composed form";
        var parts = path.Split('/');
        if (parts.Length > Deepest) return $"goes deeper than {Deepest} folders";
        foreach (var part in parts)
        {
            if (part is "" or "." or "..") return "leads out of the folder or makes a detour";
            if (part[^1] is '.' or ' ' || part[0] == ' ') return "has a part that ends with a dot or begins or ends with a blank";
            if (part.Equals(".git", StringComparison.OrdinalIgnoreCase)) return "lies in a folder of git";
            if (IsDevice(part)) return "has the name of a device";
        }
        return null;
    }

    private static bool IsDevice(string part)
    {
        var stem = part.Split('.')[0].TrimEnd().ToLowerInvariant();
        return stem is "con" or "prn" or "aux" or "nul" || (stem.Length == 4 && stem[..3] is "com" or "lpt" && char.IsDigit(stem[3]));
    }

    // As disks compare that do not tell upper from lower case, or composed from decomposed.
    private static string Key(string path) => UnicodeNormalizer.Normalize(path, compose: true, compatibility: true).ToUpperInvariant().ToLowerInvariant();

    private static SkillException Twice(string path) => new($"The archive was refused: \"{Approvals.DisplayText.Escape(path)}\" is in it twice, or differs from another name in case or spelling alone.");
}
