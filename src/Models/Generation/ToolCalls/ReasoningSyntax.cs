namespace Models.Generation.ToolCalls;

/// <summary>The marks around a model's reasoning.</summary>
/// <param name="Begin">For example <c>&lt;think&gt;</c>. Some templates write it themselves at the end of the prompt.</param>
/// <param name="End">For example <c>&lt;/think&gt;</c>.</param>
public sealed record ReasoningSyntax(string Begin, string End);
