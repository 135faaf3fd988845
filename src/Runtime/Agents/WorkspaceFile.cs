using Models.Crypto;

namespace Runtime.Agents;

/// <summary>A file of a workspace.</summary>
/// <param name="Path">Full path.</param>
/// <param name="Content">All of it.</param>
/// <param name="UpdatedAt">When it was last written, Unix milliseconds.</param>
public sealed record WorkspaceFile(string Path, byte[] Content, long UpdatedAt)
{
    /// <summary>SHA-256 of the content, hexadecimal.</summary>
    public string Hash => Convert.ToHexStringLower(Sha256.Hash(Content));
}
