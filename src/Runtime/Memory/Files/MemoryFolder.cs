using System.Text;
using Models;
using Models.Store;

namespace Runtime.Memory.Files;

/// <summary>
/// The files of an agent's memory in its workspace: <c>MEMORY.md</c> (what always holds), <c>memory/2026-11-25.md</c> (notes of a day), and
/// whatever else of Markdown a person puts into <c>memory/</c>. <c>memory/people/NAME/</c> is that person's own. Links are not followed. Safe
/// for several threads.
/// </summary>
public sealed class MemoryFolder(string workspace)
{
    /// <summary>The file of what always holds.</summary>
    public const string Lasting = "MEMORY.md";

    private const string Notes = "memory", People = "people";

    // A file larger than this is no note; reading it would take its room from the model.
    private const long Largest = 4 * 1024 * 1024;

    private static readonly EnumerationOptions Real = new() { RecurseSubdirectories = true, MaxRecursionDepth = 8, AttributesToSkip = FileAttributes.ReparsePoint | FileAttributes.Hidden };

    /// <summary>Full path of the workspace.</summary>
    public string Workspace => workspace;

    /// <summary>The files there are, by their paths below the workspace with <c>/</c>, in order.</summary>
    public IEnumerable<(string Path, FileInfo File)> All()
    {
        var notes = new DirectoryInfo(System.IO.Path.Combine(workspace, Notes));
        var lasting = new FileInfo(System.IO.Path.Combine(workspace, Lasting));
        IEnumerable<FileInfo> files = lasting is { Exists: true, LinkTarget: null } ? [lasting] : [];
        if (notes is { Exists: true, LinkTarget: null }) files = files.Concat(notes.EnumerateFiles("*.md", Real).OrderBy(file => file.FullName, StringComparer.Ordinal));
        return files.Where(file => file.Length <= Largest).Select(file => (System.IO.Path.GetRelativePath(workspace, file.FullName).Replace('\\', '/'), file));
    }

    /// <summary>Whose a file is, by its path below the workspace: the name of the folder that is a person's own, or empty for everybody's.</summary>
    public static string OwnerOf(string path) => path.Split('/') is [Notes, People, var person, ..] ? person : "";

    /// <summary>The rule of who may see what: what is a person's own is theirs and the owner's.</summary>
    /// <param name="owner">Whose it is, as <see cref="OwnerOf"/> has it.</param>
    /// <param name="person">Who asks; null for the owner.</param>
    public static bool MaySee(string owner, string? person) => person is null || owner.Length == 0 || owner == Safe(person);

    /// <summary>Some lines of a file.</summary>
    /// <param name="path">Its path as <see cref="All"/> gives it.</param>
    /// <param name="person">Who asks; null for the owner.</param>
    /// <param name="first">The first line, from 1.</param>
    /// <param name="count">How many lines at most.</param>
    /// <exception cref="ModelException">There is no such file of memory, or not for them.</exception>
    public string Read(string path, string? person, int first, int count)
    {
        var found = All().FirstOrDefault(file => file.Path == path && MaySee(OwnerOf(file.Path), person)).File
            ?? throw new ModelException($"There is no file {path} in memory.");
        return string.Join('\n', File.ReadLines(found.FullName).Skip(first - 1).Take(count));
    }

    /// <summary>Adds a line to today's notes, or to what always holds. When this returns it is on the disk.</summary>
    /// <param name="text">What to remember; several lines become one.</param>
    /// <param name="isLasting">True for what always holds.</param>
    /// <param name="person">Whose it is; null for everybody's.</param>
    /// <param name="now">The time, where the box is.</param>
    /// <returns>The file's path below the workspace.</returns>
    /// <exception cref="ModelException">It cannot be written; nothing was added.</exception>
    public string Add(string text, bool isLasting, string? person, DateTimeOffset now)
    {
        var name = isLasting ? Lasting : $"{now:yyyy-MM-dd}.md";
        var path = person is not null ? $"{Notes}/{People}/{Safe(person)}/{name}" : isLasting ? Lasting : $"{Notes}/{name}";
        var full = System.IO.Path.Combine(workspace, path);
        var line = string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        var entry = isLasting ? $"- {line}\n" : $"- {now:HH:mm} {line}\n";
        try
        {
            if (!OperatingSystem.IsWindows()) Directory.CreateDirectory(System.IO.Path.GetDirectoryName(full)!, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            else Directory.CreateDirectory(System.IO.Path.GetDirectoryName(full)!);
            if (new FileInfo(full).LinkTarget is not null) throw new ModelException($"{path} is a link: notes are written to files alone. Remove the link.");
            using var file = DurableFile.OpenToAppend(full);
            if (file.Length == 0) entry = isLasting ? $"# Memory\n\n{entry}" : $"# {now:yyyy-MM-dd}\n\n{entry}";
            else if (!EndsLine(file)) entry = "\n" + entry;
            file.Seek(0, SeekOrigin.End);
            file.Write(Encoding.UTF8.GetBytes(entry));
            file.Flush(flushToDisk: true);
            return path;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ModelException($"Cannot write {full}: {e.Message}", e);
        }
    }

    // A person's name becomes a folder's: nothing of it may lead elsewhere.
    private static string Safe(string person) => string.Concat(person.Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' ? c : '_'));

    // A power cut, or a person's editor, may have left a last line without its end.
    private static bool EndsLine(FileStream file)
    {
        file.Seek(-1, SeekOrigin.End);
        return file.ReadByte() == '\n';
    }
}
