namespace Runtime.Sessions;

/// <summary>A tool call in a transcript.</summary>
/// <param name="Id">Its id, which its result names.</param>
/// <param name="Name">The tool.</param>
/// <param name="Arguments">A JSON object.</param>
public sealed record SessionToolCall(string Id, string Name, string Arguments);
