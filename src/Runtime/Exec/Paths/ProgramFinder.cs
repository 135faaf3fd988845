namespace Runtime.Exec.Paths;

/// <summary>
/// Finds programs by name: in the machine's own folders, and those of the search path that nobody but their owner can write to and that lie
/// outside the workspace. The folder a command runs in is never searched. Safe for several threads.
/// </summary>
public sealed class ProgramFinder
{
    private static readonly string[] System = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"];

    private readonly string[] _folders;

    /// <summary>A finder beside a workspace.</summary>
    /// <param name="workspace">What is written there never runs by its name alone.</param>
    /// <param name="searchPath">Folders, separated by colons; null for the system's alone.</param>
    public ProgramFinder(Workspace workspace, string? searchPath)
    {
        _folders = [.. System.Concat((searchPath ?? "").Split(':')).Distinct(StringComparer.Ordinal).Where(folder => IsTrusted(folder, workspace))];
        SearchPath = string.Join(':', _folders);
    }

    /// <summary>The folders, as programs get them in <c>PATH</c>.</summary>
    public string SearchPath { get; }

    /// <summary>The file that a name stands for, or null where there is none.</summary>
    public string? Find(string name)
    {
        foreach (var folder in _folders)
        {
            var path = folder + "/" + name;
            if (IsProgram(path)) return path;
        }
        return null;
    }

    /// <summary>True for the whole path of a program in one of the folders, written without detours.</summary>
    public bool Holds(string path) => Path.GetDirectoryName(path) is { } folder && _folders.Contains(folder, StringComparer.Ordinal) && folder + "/" + Path.GetFileName(path) == path && IsProgram(path);

    private static bool IsTrusted(string folder, Workspace workspace)
    {
        if (!folder.StartsWith('/') || Path.GetFullPath(folder) != folder || Workspace.RealPath(folder) is not { } real || workspace.Holds(real)) return false;
        try { return Directory.Exists(real) && !OperatingSystem.IsWindows() && (File.GetUnixFileMode(real) & (UnixFileMode.GroupWrite | UnixFileMode.OtherWrite)) == 0; }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException) { return false; }
    }

    private static bool IsProgram(string path) =>
        FileKinds.Of(path) == FileKind.File && !OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & (UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute)) != 0;
}
