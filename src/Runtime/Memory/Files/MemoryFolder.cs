using System.Globalization;
using System.Text;
using Models;
using Models.Store;

namespace Runtime.Memory.Files;

/// <summary>
/// The files of an agent's memory in its workspace: <c>MEMORY.md</c> (what always holds), <c>memory/2026-11-25.md</c> (notes of a day), and
/// whatever else of Markdown a person puts into <c>memory/</c>. <c>memory/people/NAME/</c> is that person's own, laid out alike. Old notes lie
/// in <c>.archive</c> beside the others and are not searched. Links are not followed. Safe for several threads.
/// </summary>
public sealed class MemoryFolder(string workspace)
{
    /// <summary>The file of what always holds.</summary>
    public const string Lasting = "MEMORY.md";

    private const string Notes = "memory", People = "people", Archived = ".archive", DayFormat = "yyyy-MM-dd";

    // A file larger than this is no note; reading it would take its room from the model.
    private const long Largest = 4 * 1024 * 1024;

    private static readonly EnumerationOptions Real = new() { RecurseSubdirectories = true, MaxRecursionDepth = 8, AttributesToSkip = FileAttributes.ReparsePoint | FileAttributes.Hidden };
    private static readonly EnumerationOptions RealAndHidden = new() { RecurseSubdirectories = true, MaxRecursionDepth = 8, AttributesToSkip = FileAttributes.ReparsePoint };

    private readonly Lock _writing = new();

    /// <summary>Full path of the workspace.</summary>
    public string Workspace => workspace;

    /// <summary>The files that are searched, by their paths below the workspace with <c>/</c>, in order.</summary>
    public IEnumerable<(string Path, FileInfo File)> All() => Files(Real);

    /// <summary>Whose a file is, by its path below the workspace: the name of the folder that is a person's own, or empty for everybody's.</summary>
    public static string OwnerOf(string path) => path.Split('/') is [Notes, People, var person, ..] ? person : "";

    /// <summary>The rule of who may see what: what is a person's own is theirs and the owner's.</summary>
    /// <param name="owner">Whose it is, as <see cref="OwnerOf"/> has it.</param>
    /// <param name="person">Who asks; null for the owner.</param>
    public static bool MaySee(string owner, string? person) => person is null || owner.Length == 0 || owner == Safe(person);

    /// <summary>The same rule for a full path, as tools for files have it: what is no memory of another person's may be seen.</summary>
    public static bool MayReach(string path, string workspace, string? person) => MaySee(OwnerOf(System.IO.Path.GetRelativePath(workspace, path).Replace('\\', '/')), person);

    /// <summary>True for a path below a workspace that is a note: what stands there may be remembered for good.</summary>
    public static bool IsNote(string path) => path.StartsWith(Notes + "/", StringComparison.OrdinalIgnoreCase) && path.EndsWith(".md", StringComparison.OrdinalIgnoreCase);

    /// <summary>The day whose notes a file has; null for any other file.</summary>
    public static DateOnly? DayOf(string path) =>
        DateOnly.TryParseExact(System.IO.Path.GetFileNameWithoutExtension(path), DayFormat, CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day : null;

    /// <summary>The path of what always holds.</summary>
    /// <param name="person">For whom; null for everybody.</param>
    public static string LastingOf(string? person) => person is null ? Lasting : $"{Notes}/{People}/{Safe(person)}/{Lasting}";

    /// <summary>The path of a day's notes.</summary>
    /// <param name="day">The day.</param>
    /// <param name="person">Whose; null for everybody's.</param>
    public static string DailyOf(DateOnly day, string? person) =>
        FormattableString.Invariant($"{Notes}/{(person is null ? "" : $"{People}/{Safe(person)}/")}{day.ToString(DayFormat, CultureInfo.InvariantCulture)}.md");

    /// <summary>Some lines of a file.</summary>
    /// <param name="path">Its path as <see cref="All"/> gives it.</param>
    /// <param name="person">Who asks; null for the owner.</param>
    /// <param name="first">The first line, from 1.</param>
    /// <param name="count">How many lines at most.</param>
    /// <param name="mayReach">Says whether a full path may be reached for them; null where all may.</param>
    /// <exception cref="ModelException">There is no such file of memory, or not for them.</exception>
    public string Read(string path, string? person, int first, int count, Func<string, bool>? mayReach = null)
    {
        var found = All().FirstOrDefault(file => file.Path == path && MaySee(OwnerOf(file.Path), person) && mayReach?.Invoke(file.File.FullName) != false).File
            ?? throw new ModelException($"There is no file {path} in memory.");
        return string.Join('\n', File.ReadLines(found.FullName).Skip(first - 1).Take(count));
    }

    /// <summary>A whole file; empty where there is none.</summary>
    /// <exception cref="ModelException">It is a link, or cannot be read.</exception>
    public string ReadAll(string path) => Guarded(path, full => File.Exists(full) ? File.ReadAllText(full) : "");

    /// <summary>Adds a line to today's notes, or to what always holds; not where the same stands there. When this returns it is on the disk.</summary>
    /// <param name="text">What to remember; several lines become one.</param>
    /// <param name="isLasting">True for what always holds.</param>
    /// <param name="person">Whose it is; null for everybody's.</param>
    /// <param name="now">The time, where the box is.</param>
    /// <param name="isForeign">True where it may come from what others wrote: it is marked so, and never becomes what always holds by itself.</param>
    /// <param name="mayReach">Says whether a full path may be reached for them; null where all may.</param>
    /// <returns>The file's path below the workspace.</returns>
    /// <exception cref="ModelException">It cannot be written; nothing was added.</exception>
    public string Add(string text, bool isLasting, string? person, DateTimeOffset now, bool isForeign = false, Func<string, bool>? mayReach = null)
    {
        var day = DateOnly.FromDateTime(now.DateTime);
        var path = isLasting ? LastingOf(person) : DailyOf(day, person);
        // A comment in it could pass for a mark of ours.
        var line = string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)).Replace("<!--", "‹!--", StringComparison.Ordinal);
        var marked = isForeign ? $"{line} {NoteLines.Foreign}" : line;
        var entry = isLasting ? $"- {marked}\n" : $"- {now:HH:mm} {marked}\n";
        lock (_writing)
        {
            return Guarded(path, full =>
            {
                if (mayReach?.Invoke(full) == false) throw new ModelException($"{path} is outside the folders that are open to whom this is done for. Nothing was written.");
                if (File.Exists(full) && NoteLines.Of(File.ReadAllText(full)).Any(known => NoteLines.SaySame(known, line))) return path;
                EnsureFolder(full);
                using var file = DurableFile.OpenToAppend(full);
                if (file.Length == 0) entry = isLasting ? $"# Memory\n\n{entry}" : $"# {day.ToString(DayFormat, CultureInfo.InvariantCulture)}\n\n{entry}";
                else if (!EndsLine(file)) entry = "\n" + entry;
                var length = file.Length;
                try
                {
                    file.Seek(0, SeekOrigin.End);
                    file.Write(Encoding.UTF8.GetBytes(entry));
                    file.Flush(flushToDisk: true);
                }
                catch (IOException)
                {
                    // A full disk takes the beginning of a line.
                    file.SetLength(length);
                    throw;
                }
                return path;
            });
        }
    }

    /// <summary>Replaces a file by what is made of it, all or nothing. When this returns it is on the disk.</summary>
    /// <exception cref="ModelException">It cannot be written; it is as it was.</exception>
    public void Rewrite(string path, Func<string, string> change)
    {
        lock (_writing)
        {
            Guarded(path, full =>
            {
                var before = File.Exists(full) ? File.ReadAllText(full) : "";
                if (change(before) is var after && after == before) return false;
                EnsureFolder(full);
                DurableFile.Replace(full, Encoding.UTF8.GetBytes(after));
                return true;
            });
        }
    }

    /// <summary>Finds every line that has a text, in the archive too; removes them, and files that hold nothing else, unless it is only to be seen.</summary>
    /// <param name="text">The text; capital and small letters are one.</param>
    /// <param name="person">Whose memory; a person's own folder alone. Null for all of it.</param>
    /// <param name="isTrial">True to remove nothing.</param>
    /// <exception cref="ModelException">The text is too short to tell anything, or a file cannot be written; those before it are.</exception>
    public IReadOnlyList<ForgottenLines> Forget(string text, string? person, bool isTrial)
    {
        if (text.Count(char.IsLetterOrDigit) < 3) throw new ModelException("Name at least three letters or digits of what is to be forgotten.");
        var forgotten = new List<ForgottenLines>();
        lock (_writing)
        {
            foreach (var (path, file) in Files(RealAndHidden).Where(file => person is null || OwnerOf(file.Path) == Safe(person)).ToList())
            {
                var lines = Guarded(path, File.ReadAllText).Split('\n');
                var gone = lines.Where(line => line.Contains(text, StringComparison.OrdinalIgnoreCase)).ToList();
                if (gone.Count == 0) continue;
                forgotten.Add(new ForgottenLines(path, gone));
                if (isTrial) continue;
                var left = string.Join('\n', lines.Where(line => !line.Contains(text, StringComparison.OrdinalIgnoreCase)));
                Guarded(path, full =>
                {
                    if (NoteLines.Of(left).Any()) DurableFile.Replace(full, Encoding.UTF8.GetBytes(left));
                    else File.Delete(full);
                    return true;
                });
            }
        }
        return forgotten;
    }

    /// <summary>Moves notes of days into the archive, where they are not searched.</summary>
    /// <param name="person">Whose; null for everybody's.</param>
    /// <param name="before">The first day that stays.</param>
    /// <returns>How many.</returns>
    /// <exception cref="ModelException">One cannot be moved; those before it are.</exception>
    public int Archive(string? person, DateOnly before)
    {
        var moved = 0;
        foreach (var (path, file) in All().ToList())
        {
            if (DayOf(path) is not { } day || day >= before || path != DailyOf(day, person)) continue;
            Guarded(path, full =>
            {
                var to = System.IO.Path.Combine(System.IO.Path.GetDirectoryName(full)!, Archived, file.Name);
                EnsureFolder(to);
                // One that is there already is not written over.
                if (!File.Exists(to)) File.Move(full, to);
                return moved++;
            });
        }
        return moved;
    }

    private IEnumerable<(string Path, FileInfo File)> Files(EnumerationOptions which)
    {
        var notes = new DirectoryInfo(System.IO.Path.Combine(workspace, Notes));
        var lasting = new FileInfo(System.IO.Path.Combine(workspace, Lasting));
        IEnumerable<FileInfo> files = lasting is { Exists: true, LinkTarget: null } ? [lasting] : [];
        if (notes is { Exists: true, LinkTarget: null }) files = files.Concat(notes.EnumerateFiles("*.md", which).OrderBy(file => file.FullName, StringComparer.Ordinal));
        return files.Where(file => file.Length <= Largest).Select(file => (System.IO.Path.GetRelativePath(workspace, file.FullName).Replace('\\', '/'), file));
    }

    private T Guarded<T>(string path, Func<string, T> use)
    {
        var full = System.IO.Path.Combine(workspace, path);
        try
        {
            if (new FileInfo(full).LinkTarget is not null) throw new ModelException($"{path} is a link: notes are written to files alone. Remove the link.");
            return use(full);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ModelException($"Cannot read or write {full}: {e.Message}", e);
        }
    }

    private static void EnsureFolder(string file)
    {
        var folder = System.IO.Path.GetDirectoryName(file)!;
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(folder);
        else Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
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
