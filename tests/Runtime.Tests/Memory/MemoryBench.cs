using Models.Embedding;
using Runtime.Memory;
using TestKit;

namespace Runtime.Tests.Memory;

/// <summary>A memory over real files, with a clock of the test's own; it is 03:04 on the second of January 2026.</summary>
internal sealed class MemoryBench : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public MemoryBench() => Memory = Open();

    public ManualTime Time { get; } = new();

    public List<string> Told { get; } = [];

    public AgentMemory Memory { get; private set; }

    public string Index => _folder["memory.sqlite"];

    public string Workspace => _folder["workspace"];

    /// <summary>As after a restart.</summary>
    public void Restart()
    {
        Memory.Dispose();
        Memory = Open();
    }

    public string Put(string name, string text)
    {
        var path = Path.Combine(Workspace, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }

    public string Get(string name) => File.ReadAllText(Path.Combine(Workspace, name));

    public bool Has(string name) => File.Exists(Path.Combine(Workspace, name));

    /// <summary>Everything the index has on the disk, its log and broken copies included.</summary>
    public string IndexBytes() => string.Concat(Directory.GetFiles(_folder.Path, "memory.sqlite*").Select(file =>
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var reader = new StreamReader(stream, System.Text.Encoding.Latin1);
        return reader.ReadToEnd();
    }));

    public void Dispose()
    {
        Memory.Dispose();
        _folder.Dispose();
    }

    private AgentMemory Open() => new(Workspace, Index, _ => Task.FromResult<TextEmbedder>(HashEmbedder.Instance), Time, Told.Add);
}
