using Models.Import.Weights;

namespace Models.Import.GenAi;

/// <summary>The files of an ONNX model made elsewhere: found, read and copied without trust in what they say of each other.</summary>
internal static class OnnxFiles
{
    private const int CopyBuffer = 1 << 20;

    /// <summary>Reads what an import needs to know of a graph.</summary>
    /// <exception cref="ImportException">It is not one, or is damaged.</exception>
    public static OnnxSummary ReadGraph(string path)
    {
        using var file = MappedFile.Open(path);
        try
        {
            return OnnxSummary.Read(file.Slice(0, file.Length));
        }
        catch (FormatException e)
        {
            throw new ImportException($"{path} is not an ONNX model, or is damaged: {e.Message}. Fetch it again.", e);
        }
    }

    /// <summary>The path of a file that a folder from elsewhere names; none may lead out of it.</summary>
    /// <exception cref="ImportException">It is missing, or not inside the folder.</exception>
    public static string Find(string folder, string name)
    {
        if (name.Length == 0 || name is "." or ".." || name != Path.GetFileName(name) || name.Contains('\\'))
            throw new ImportException($"{folder} refers to the file '{name}', which is not a plain file name inside it.");
        var path = Path.Combine(folder, name);
        if (!File.Exists(path)) throw new ImportException($"{path} is missing. Fetch the model again.");
        if (File.ResolveLinkTarget(path, returnFinalTarget: true) is { } link && Path.GetDirectoryName(link.FullName) != Path.GetFullPath(folder).TrimEnd(Path.DirectorySeparatorChar))
            throw new ImportException($"{path} is a link to {link.FullName}, outside the folder. Copy the folder with its links resolved (cp -rL), then import the copy.");
        return path;
    }

    /// <summary>The names of the files beside a graph that hold its weights, each as long as the graph says.</summary>
    /// <exception cref="ImportException">One is missing, too short or outside the folder.</exception>
    public static IEnumerable<string> RequireData(string folder, string graphName, OnnxSummary summary)
    {
        foreach (var (name, length) in summary.DataFiles)
        {
            if (new FileInfo(Find(folder, name)).Length < length)
                throw new ImportException($"{Path.Combine(folder, name)} ends too early: {graphName} refers to {length:N0} bytes of it. Fetch it again.");
            yield return name;
        }
    }

    /// <summary>Copies files into another folder.</summary>
    public static void Copy(
        string source, string target, IReadOnlyList<string> files, IProgress<(long Done, long Total)>? progress, CancellationToken cancellation)
    {
        var (done, total) = (0L, files.Sum(name => new FileInfo(Find(source, name)).Length));
        foreach (var name in files)
        {
            done += Copy(Path.Combine(source, name), Path.Combine(target, name), cancellation);
            progress?.Report((done, total));
        }
    }

    private static long Copy(string from, string to, CancellationToken cancellation)
    {
        using var source = File.OpenRead(from);
        using var target = new FileStream(to, FileMode.CreateNew, FileAccess.Write, FileShare.None, 0);
        var buffer = new byte[CopyBuffer];
        for (int length; (length = source.Read(buffer)) > 0;)
        {
            cancellation.ThrowIfCancellationRequested();
            target.Write(buffer, 0, length);
        }
        return target.Length;
    }
}
