namespace Runtime.Tools.Files;

/// <summary>Which files a call opened to read. Safe for several threads, for a call that was stopped may still be at it.</summary>
internal sealed class FileReads
{
    // A search opens thousands; the names of the first say what was looked at.
    private const int Most = 64;

    private readonly Lock _lock = new();
    private readonly List<string> _files = [];

    /// <summary>The files so far, by their full paths.</summary>
    public IReadOnlyList<string> Files
    {
        get { lock (_lock) return [.. _files]; }
    }

    /// <summary>Notes one.</summary>
    public void Add(string path)
    {
        lock (_lock)
        {
            if (_files.Count < Most && !_files.Contains(path)) _files.Add(path);
        }
    }
}
