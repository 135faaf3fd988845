using Trainer.Curriculum.Grammars;

namespace Trainer.Curriculum.Dialogues;

/// <summary>A conversation and the tools that were there.</summary>
/// <param name="Tools">The tools' names in the order of the prompt.</param>
/// <param name="Turns">What was said.</param>
internal sealed record Dialogue(IReadOnlyList<string> Tools, IReadOnlyList<Turn> Turns);

/// <summary>A question of an examination: a conversation up to what the model says next.</summary>
/// <param name="Intent">What it is about.</param>
/// <param name="Tools">The tools that are there.</param>
/// <param name="Turns">What was said; last by the person.</param>
/// <param name="Expect">call, ask, chat, refuse or unknown.</param>
/// <param name="Call">The call that is right, or null.</param>
internal sealed record Case(Intent Intent, IReadOnlyList<string> Tools, IReadOnlyList<Turn> Turns, string Expect, ToolCall? Call);
