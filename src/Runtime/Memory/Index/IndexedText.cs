using Runtime.Memory.Files;

namespace Runtime.Memory.Index;

/// <summary>A file and its pieces, to be indexed.</summary>
/// <param name="Path">Its path below the workspace, with <c>/</c>.</param>
/// <param name="State">What it was read as.</param>
/// <param name="Chunks">Its pieces; none where the file is gone.</param>
/// <param name="Vectors">A vector of length 1 for each.</param>
internal sealed record IndexedText(string Path, IndexedFile State, IReadOnlyList<MemoryChunk> Chunks, IReadOnlyList<ReadOnlyMemory<float>> Vectors)
{
    /// <summary>A file that is gone.</summary>
    public static IndexedText Gone(string path) => new(path, new IndexedFile(0, 0, "", ""), [], []);
}
