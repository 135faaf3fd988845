namespace Runtime.Memory;

/// <summary>A piece of memory that was found.</summary>
/// <param name="Path">Its file, below the workspace, with <c>/</c>.</param>
/// <param name="FirstLine">Its first line, from 1.</param>
/// <param name="LastLine">Its last line.</param>
/// <param name="Heading">The headings above it.</param>
/// <param name="Text">The text.</param>
/// <param name="Score">How well it fits, the more the better; comparable within one search only.</param>
public sealed record MemoryHit(string Path, int FirstLine, int LastLine, string Heading, string Text, double Score);
