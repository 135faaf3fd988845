namespace Runtime.Memory.Index;

/// <summary>A file as it was when it was indexed.</summary>
/// <param name="Size">Bytes.</param>
/// <param name="Modified">UTC ticks of its last change.</param>
/// <param name="Hash">SHA-256 of its content, in hexadecimal.</param>
/// <param name="Embedder">What made its vectors.</param>
internal sealed record IndexedFile(long Size, long Modified, string Hash, string Embedder);
