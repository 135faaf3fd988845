namespace Runtime.Agents;

/// <summary>What a folder of a workspace lists.</summary>
/// <param name="Path">Relative to the workspace, <c>/</c> between its parts.</param>
/// <param name="Name">The last part.</param>
/// <param name="IsFolder">True for a folder.</param>
/// <param name="Size">Bytes of a file; null for a folder.</param>
public sealed record WorkspaceEntry(string Path, string Name, bool IsFolder, long? Size);
