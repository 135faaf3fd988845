namespace Runtime.Exec.Paths;

/// <summary>Whether what lies below a folder is only folders and files, so that a program that follows links stays in it.</summary>
internal static class LinkSearch
{
    // As many as are looked at before a command, in a millisecond or two.
    private const int Most = 2000;

    /// <summary>True where there is neither a link nor a device or pipe, and not more than can be looked at.</summary>
    public static bool IsFree(string folder)
    {
        var (waiting, seen) = (new Stack<string>([folder]), 0);
        try
        {
            while (waiting.TryPop(out var at))
            {
                foreach (var entry in new DirectoryInfo(at).EnumerateFileSystemInfos("*", new EnumerationOptions { AttributesToSkip = 0, IgnoreInaccessible = false }))
                {
                    if (++seen > Most || entry.LinkTarget is not null) return false;
                    if (entry is DirectoryInfo) waiting.Push(entry.FullName);
                    else if (FileKinds.Of(entry.FullName) != FileKind.File) return false;
                }
            }
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
