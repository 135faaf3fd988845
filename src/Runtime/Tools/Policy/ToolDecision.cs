namespace Runtime.Tools.Policy;

/// <summary>A verdict and why.</summary>
/// <param name="Verdict">It.</param>
/// <param name="Reason">For a person, and for the model.</param>
public sealed record ToolDecision(ToolVerdict Verdict, string Reason);
