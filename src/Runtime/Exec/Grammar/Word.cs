namespace Runtime.Exec.Grammar;

/// <summary>One word of a command, its quotes taken off.</summary>
/// <param name="Text">What the program gets where nothing is expanded.</param>
/// <param name="Pattern">The same as a pattern for file names, with a backslash before each character that was quoted; null where nothing in it is to be expanded.</param>
public sealed record Word(string Text, string? Pattern = null);
