namespace Runtime.Exec;

/// <summary>A command that somebody wants to run.</summary>
/// <param name="Command">Its text.</param>
/// <param name="Folder">Where, absolute or from the workspace; null for the workspace itself.</param>
/// <param name="Variables">Variables given beside the text.</param>
public sealed record ExecRequest(string Command, string? Folder = null, IReadOnlyDictionary<string, string>? Variables = null);
