namespace Runtime.Exec.Grammar;

/// <summary>A variable set for one command.</summary>
public sealed record Assignment(string Name, string Value);
