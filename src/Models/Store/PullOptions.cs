using Models.Import;

namespace Models.Store;

/// <summary>How to pull.</summary>
public sealed record PullOptions
{
    /// <summary>How the download is imported.</summary>
    public ImportOptions Import { get; init; } = new();

    /// <summary>Told how far the download is, after every few hundred kilobytes.</summary>
    public IProgress<PullProgress>? Progress { get; init; }

    /// <summary>Told, in a sentence, why and how long the download waits before it tries again.</summary>
    public Action<string>? Notice { get; init; }
}

/// <summary>How far a download is.</summary>
/// <param name="File">Name of the file being fetched.</param>
/// <param name="Done">Bytes here, over all files of the model.</param>
/// <param name="Total">Bytes in all, or null while unknown.</param>
public readonly record struct PullProgress(string File, long Done, long? Total);
