using System.Runtime.CompilerServices;

namespace TestKit;

/// <summary>The reference folder beside the repository: real models, tokenizers, golden outputs. Tests skip where it is absent.</summary>
public static class Shared
{
    /// <summary>Full path of a file or folder under <c>../shared</c>, or null where the reference folder is absent.</summary>
    public static string? Find(params string[] parts)
    {
        var path = Path.Combine([Repository.Root, "..", "shared", .. parts]);
        return Path.Exists(path) ? Path.GetFullPath(path) : null;
    }
}

/// <summary>This repository on disk.</summary>
public static class Repository
{
    /// <summary>Its root folder.</summary>
    public static string Root { get; } = Path.GetFullPath(Path.Combine(SourceFolder(), "..", ".."));

    private static string SourceFolder([CallerFilePath] string file = "") => Path.GetDirectoryName(file)!;
}
