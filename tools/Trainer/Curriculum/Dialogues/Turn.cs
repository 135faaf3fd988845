namespace Trainer.Curriculum.Dialogues;

/// <summary>What is said in a dialogue.</summary>
/// <param name="Role">user, assistant or tool.</param>
/// <param name="Content">The words; null where a tool is called.</param>
/// <param name="Call">The call.</param>
internal sealed record Turn(string Role, string? Content, ToolCall? Call = null);
