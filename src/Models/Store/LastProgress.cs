namespace Models.Store;

/// <summary>Passes an import's progress on and remembers it, to tell from what was written so far how much the whole would take.</summary>
internal sealed class LastProgress(IProgress<(long Done, long Total)>? next) : IProgress<(long Done, long Total)>
{
    private (long Done, long Total) _last;

    public void Report((long Done, long Total) value)
    {
        _last = value;
        next?.Report(value);
    }

    /// <summary>The message for a disk that ran full while <paramref name="folder"/>, below <paramref name="home"/>, was written.</summary>
    public string DescribeFullDisk(string name, string folder, string home)
    {
        var written = new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories).Sum(f => f.Length);
        var free = Disk.FreeSpace(folder) + written;
        var needs = _last.Done > 0 ? $"about {ByteSize.Format((long)((double)written / _last.Done * _last.Total))}" : $"more than {ByteSize.Format(free)}";
        return $"The disk is full: '{name}' needs {needs} and {ByteSize.Format(free)} are free under {home}. " +
            "Nothing was changed. Free some space, or set APPLIANCE_HOME to a larger disk.";
    }
}
