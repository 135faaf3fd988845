using Runtime.Exec.Grammar;

namespace Runtime.Exec;

/// <summary>A verdict over a command, with the reason.</summary>
/// <param name="Verdict">What becomes of it.</param>
/// <param name="Reason">Why, in a sentence.</param>
/// <param name="Pipelines">What would run, in order; empty where it was denied.</param>
public sealed record ExecDecision(ExecVerdict Verdict, string Reason, IReadOnlyList<PlannedPipeline> Pipelines)
{
    /// <summary>Every command in it.</summary>
    public IEnumerable<PlannedCommand> Commands => Pipelines.SelectMany(pipeline => pipeline.Commands);
}

/// <summary>Commands that run at once, after what came before.</summary>
public sealed record PlannedPipeline(Connector Connector, IReadOnlyList<PlannedCommand> Commands);

/// <summary>One program that would run.</summary>
/// <param name="Program">The whole path of its file; null where this machine has none of that name.</param>
/// <param name="Argv">Its name as it was written, and its arguments, expanded.</param>
/// <param name="Folder">Where it runs.</param>
/// <param name="Variables">Variables that the command sets.</param>
/// <param name="Redirections">Where its descriptors go.</param>
public sealed record PlannedCommand(string? Program, IReadOnlyList<string> Argv, string Folder, IReadOnlyList<Assignment> Variables, IReadOnlyList<Redirection> Redirections);
