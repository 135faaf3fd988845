namespace Runtime.Memory.Files;

/// <summary>A piece of a file of memory: what is found as one.</summary>
/// <param name="FirstLine">Its first line in the file, from 1.</param>
/// <param name="LastLine">Its last line.</param>
/// <param name="Heading">The headings above it, outermost first, with " › " between; empty where there is none.</param>
/// <param name="Text">The text.</param>
public sealed record MemoryChunk(int FirstLine, int LastLine, string Heading, string Text);
