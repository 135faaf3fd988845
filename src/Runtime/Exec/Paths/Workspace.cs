namespace Runtime.Exec.Paths;

/// <summary>
/// The folder that commands may read, and the answer to whether a path is in it: by where the path really leads, with every symbolic link
/// followed. Safe for several threads; asks the disk anew each time.
/// </summary>
public sealed class Workspace
{
    private const int MostLinks = 40;

    /// <summary>The workspace in a folder that exists.</summary>
    public Workspace(string root) => Root = RealPath(Path.GetFullPath(root)) ?? Path.GetFullPath(root);

    /// <summary>Its real path.</summary>
    public string Root { get; }

    /// <summary>Where a path leads: absolute, without links. The last parts may not exist yet. Null where links go in circles, or through <c>/proc</c>, which is another for each program.</summary>
    public static string? RealPath(string absolute)
    {
        var (real, rest, links) = ("/", new Stack<string>(), 0);
        Push(absolute);
        while (rest.TryPop(out var part))
        {
            if (part is "" or ".") continue;
            if (part == "..")
            {
                real = Path.GetDirectoryName(real) ?? "/";
                continue;
            }
            var next = real == "/" ? "/" + part : real + "/" + part;
            if (next == "/proc") return null;
            if (LinkTarget(next) is not { } target)
            {
                real = next;
                continue;
            }
            if (++links > MostLinks) return null;
            if (target.StartsWith('/')) real = "/";
            Push(target);
        }
        return real;

        void Push(string path)
        {
            var parts = path.Split('/');
            for (var i = parts.Length - 1; i >= 0; i--) rest.Push(parts[i]);
        }
    }

    /// <summary>True for a real path in the workspace.</summary>
    public bool Holds(string real) => real == Root || (real.StartsWith(Root, StringComparison.Ordinal) && (Root == "/" || real[Root.Length] == '/'));

    /// <summary>Why a program may not read what a path names, or null where it may: a file or folder in the workspace, or <c>/dev/null</c>.</summary>
    public string? WhyNotRead(string path, string folder)
    {
        if (path.Length == 0 || path == "/dev/null") return null;
        var real = RealPath(path[0] == '/' ? path : folder + "/" + path);
        if (real is null || !Holds(real)) return $"'{path}' is outside the workspace.";
        return FileKinds.Of(real) is FileKind.Other ? $"'{path}' is a device, a pipe or a socket." : null;
    }

    private static string? LinkTarget(string path)
    {
        try { return new FileInfo(path).LinkTarget; }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException) { return null; }
    }
}
