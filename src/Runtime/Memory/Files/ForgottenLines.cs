namespace Runtime.Memory.Files;

/// <summary>What was forgotten of a file.</summary>
/// <param name="Path">Its path below the workspace, with <c>/</c>.</param>
/// <param name="Lines">The lines, as they stood there.</param>
public sealed record ForgottenLines(string Path, IReadOnlyList<string> Lines);
