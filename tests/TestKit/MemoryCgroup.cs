using System.Globalization;
using Xunit;

namespace TestKit;

/// <summary>A cgroup of this machine with a memory limit, v1 or v2, whichever is there; gone when the test is over. Needs root.</summary>
public sealed class MemoryCgroup : IDisposable
{
    private const string V1 = "/sys/fs/cgroup/memory", V2 = "/sys/fs/cgroup";

    /// <summary>Makes one.</summary>
    /// <exception cref="IOException">This machine does not let it.</exception>
    public MemoryCgroup(long limit)
    {
        IsV2 = File.Exists($"{V2}/cgroup.controllers") && File.ReadAllText($"{V2}/cgroup.controllers").Contains("memory", StringComparison.Ordinal);
        Folder = Directory.CreateDirectory($"{(IsV2 ? V2 : V1)}/appliance-test-{Guid.NewGuid():N}").FullName;
        try
        {
            SetLimit(limit);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Its folder.</summary>
    public string Folder { get; }

    /// <summary>Whether it is a version 2 cgroup.</summary>
    public bool IsV2 { get; }

    /// <summary>Bytes charged to it now that are not pages of files, which the kernel can drop.</summary>
    public long Private
    {
        get
        {
            var line = File.ReadLines($"{Folder}/memory.stat").First(l => l.StartsWith(IsV2 ? "anon " : "total_rss ", StringComparison.Ordinal));
            return long.Parse(line.AsSpan(line.IndexOf(' ') + 1), CultureInfo.InvariantCulture);
        }
    }

    /// <summary>The most bytes that were charged to it at once, pages of files included.</summary>
    public long Peak => long.Parse(File.ReadAllText($"{Folder}/{(IsV2 ? "memory.peak" : "memory.max_usage_in_bytes")}"), CultureInfo.InvariantCulture);

    /// <summary>Sets the limit. Version 1 refuses one below what is in use and cannot be dropped.</summary>
    public void SetLimit(long bytes) =>
        File.WriteAllText($"{Folder}/{(IsV2 ? "memory.max" : "memory.limit_in_bytes")}", bytes.ToString(CultureInfo.InvariantCulture));

    /// <summary>A command line that runs a program inside it.</summary>
    public (string Program, string[] Arguments) Wrap(string program, IEnumerable<string> arguments) =>
        ("/bin/sh", ["-c", $"echo $$ > {Folder}/cgroup.procs && exec \"$@\"", "sh", program, .. arguments]);

    /// <summary>Removes it; whatever ran in it must have ended.</summary>
    public void Dispose() => Directory.Delete(Folder);
}

/// <summary>A fact that needs a memory cgroup of its own and is skipped, with a clear word, where none can be made.</summary>
public sealed class CgroupFactAttribute : FactAttribute
{
    private static readonly string? Reason = Try();

    /// <summary>Skips the fact unless a cgroup can be made.</summary>
    public CgroupFactAttribute() => Skip = Reason!;

    private static string? Try()
    {
        try
        {
            using var cgroup = new MemoryCgroup(1L << 30);
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "no memory cgroup can be made here (that needs root)";
        }
    }
}
