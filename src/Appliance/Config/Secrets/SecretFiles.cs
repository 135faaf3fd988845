using System.Text;
using Models;
using Models.Store;

namespace Appliance.Config.Secrets;

/// <summary>
/// Secrets that were put in over the wire, each a file of mode 0600 in <c>secrets/</c> below the home folder; the configuration uses them
/// as <c>{"file": "secrets/NAME"}</c>. What is returned from is on the disk.
/// </summary>
internal static class SecretFiles
{
    private const int LongestName = 128;

    /// <summary>True for capital letters, digits and low lines, as variables are named; nothing of it is a path.</summary>
    public static bool IsName(string name) =>
        name.Length is > 0 and <= LongestName && char.IsAsciiLetterUpper(name[0]) && name.All(c => char.IsAsciiLetterUpper(c) || char.IsAsciiDigit(c) || c == '_');

    /// <summary>All there are, by name, and when they were made and changed.</summary>
    public static IReadOnlyList<(string Name, DateTimeOffset Created, DateTimeOffset Changed)> List(string home)
    {
        var folder = new DirectoryInfo(Folder(home));
        if (!folder.Exists) return [];
        return [.. folder.EnumerateFiles().Where(f => IsName(f.Name)).OrderBy(f => f.Name, StringComparer.Ordinal).Select(f => (f.Name, new DateTimeOffset(f.CreationTimeUtc), new DateTimeOffset(f.LastWriteTimeUtc)))];
    }

    /// <summary>Keeps one, in place of the one of that name.</summary>
    /// <exception cref="ModelException">It cannot be written.</exception>
    public static void Set(string home, string name, string secret) => Do(home, name, path => DurableFile.Replace(path, Encoding.UTF8.GetBytes(secret)));

    /// <summary>Takes one away.</summary>
    /// <exception cref="ModelException">It cannot be removed.</exception>
    public static void Delete(string home, string name) => Do(home, name, File.Delete);

    private static string Folder(string home) => Path.Combine(home, "secrets");

    private static void Do(string home, string name, Action<string> action)
    {
        var path = Path.Combine(HomeFolder.EnsureFolder(Folder(home)), name);
        try
        {
            action(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ModelException($"Cannot change {path}: {e.Message}", e);
        }
    }
}
