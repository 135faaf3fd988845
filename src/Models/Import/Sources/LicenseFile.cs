using System.Text;

namespace Models.Import.Sources;

/// <summary>The licence a folder states: in the front matter of its README.md (Hugging Face model cards), else the first line of its licence file.</summary>
internal static class LicenseFile
{
    private const int LargestRead = 64 << 10;
    private const int LongestLine = 200;

    /// <summary>The licence, or null where the folder says nothing.</summary>
    public static string? Find(string folder)
    {
        if (ReadLines(Path.Combine(folder, "README.md")) is { } card && FromFrontMatter(card) is { } license) return license;
        var file = Directory.EnumerateFiles(folder, "LICENSE*").Order(StringComparer.Ordinal).FirstOrDefault();
        return file is null ? null : ReadLines(file)?.Select(l => l.Trim()).FirstOrDefault(l => l.Length is > 0 and <= LongestLine);
    }

    // A card that names its own licence puts it into license_name and says "other" in license.
    private static string? FromFrontMatter(string[] lines)
    {
        if (lines.Length == 0 || lines[0].Trim() != "---") return null;
        var matter = lines.Skip(1).TakeWhile(l => l.Trim() != "---").ToList();
        var license = Value("license:");
        return license is null or "other" ? Value("license_name:") ?? license : license;

        string? Value(string key) => matter.Where(l => l.StartsWith(key, StringComparison.Ordinal))
            .Select(l => l[key.Length..].Trim().Trim('"', '\'')).FirstOrDefault(v => v.Length is > 0 and <= LongestLine);
    }

    private static string[]? ReadLines(string path)
    {
        if (!File.Exists(path)) return null;
        var buffer = new byte[LargestRead];
        using var file = File.OpenRead(path);
        var length = file.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
        return Encoding.UTF8.GetString(buffer, 0, length).Split('\n');
    }
}
