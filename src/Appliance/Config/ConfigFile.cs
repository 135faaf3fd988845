using System.Diagnostics;
using Models;
using Models.Store;

namespace Appliance.Config;

/// <summary>
/// The two files on the disk: <c>appliance.json</c>, which people and programs write, and beside it the last one that could be used.
/// Both are replaced as a whole. Safe for several threads and processes, as far as they change the file through here.
/// </summary>
/// <param name="home">The folder they are in.</param>
internal sealed class ConfigFile(string home)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>The file.</summary>
    public string Path { get; } = System.IO.Path.Combine(home, "appliance.json");

    /// <summary>The last one that could be used.</summary>
    public string LastGoodPath { get; } = System.IO.Path.Combine(home, "appliance.last-good.json");

    /// <summary>What stands in the file, or null where there is none.</summary>
    /// <exception cref="ModelException">It cannot be read.</exception>
    public byte[]? Read() => Read(Path);

    /// <summary>What stood in the last one that could be used, or null.</summary>
    public byte[]? ReadLastGood()
    {
        try { return Read(LastGoodPath); }
        catch (ModelException) { return null; }
    }

    /// <summary>Keeps a content that could be used.</summary>
    /// <exception cref="ModelException">It cannot be written.</exception>
    public void KeepGood(ReadOnlySpan<byte> text) => Replace(LastGoodPath, text);

    /// <summary>Changes the file; nobody else does meanwhile.</summary>
    /// <param name="change">Makes the new content from the old one, which is null where there is none.</param>
    /// <exception cref="ModelException">It cannot be written, or another program has been changing it for seconds.</exception>
    public void Update(Func<byte[]?, ReadOnlyMemory<byte>> change)
    {
        HomeFolder.EnsureFolder(home);
        using var held = Lock();
        // Behind a link is the file that is meant.
        var target = new FileInfo(Path).LinkTarget is null ? Path : File.ResolveLinkTarget(Path, returnFinalTarget: true)!.FullName;
        Replace(target, change(Read()).Span);
    }

    /// <summary>When and how long it is: differs whenever the content does, or nearly so.</summary>
    public (DateTime, long) Stamp()
    {
        try
        {
            var file = new FileInfo(Path);
            return file.Exists ? (file.LastWriteTimeUtc, file.Length) : default;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return default;
        }
    }

    private static byte[]? Read(string path)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            if (file.Length > Document.ConfigDocument.Largest) throw new ModelException($"{path} has {file.Length} bytes; at most {Document.ConfigDocument.Largest} are read.");
            var text = new byte[file.Length];
            return text[..file.ReadAtLeast(text, text.Length, throwOnEndOfStream: false)];
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ModelException($"{path} cannot be read: {e.Message}", e);
        }
    }

    private static void Replace(string path, ReadOnlySpan<byte> text)
    {
        try
        {
            DurableFile.Replace(path, text);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ModelException($"{path} cannot be written: {e.Message} It is as it was.", e);
        }
    }

    private FileStream Lock()
    {
        for (var waited = Stopwatch.StartNew(); ; Thread.Sleep(10))
        {
            try
            {
                return new FileStream(Path + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                if (e is UnauthorizedAccessException || waited.Elapsed > Patience)
                    throw new ModelException($"{Path} cannot be changed: {(e is UnauthorizedAccessException ? e.Message : "another program has been changing it for seconds.")}", e);
            }
        }
    }
}
