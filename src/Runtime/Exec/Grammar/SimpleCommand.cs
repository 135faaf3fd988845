namespace Runtime.Exec.Grammar;

/// <summary>One program and what it is given. There is at least one word.</summary>
public sealed record SimpleCommand(IReadOnlyList<Assignment> Assignments, IReadOnlyList<Word> Words, IReadOnlyList<Redirection> Redirections);
