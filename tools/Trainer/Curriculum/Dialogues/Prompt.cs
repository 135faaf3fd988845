using System.Text;

namespace Trainer.Curriculum.Dialogues;

/// <summary>A dialogue as the built-in model's chat template writes it.</summary>
internal static class Prompt
{
    /// <summary>The dialogue in pieces; what the model says is to be learnt.</summary>
    public static IEnumerable<(string Text, bool Learn)> Pieces(Dialogue dialogue)
    {
        var before = new StringBuilder();
        // What is missing is said, for mostly all is there: a prompt is read again and again, and the shorter the better.
        var missing = ToolSets.Taught.Except(dialogue.Tools).ToArray();
        if (missing.Length > 0) before.Append("<|im_start|>system\nno ").AppendJoin(' ', missing.Length == ToolSets.Taught.Count ? ["tools"] : missing).Append("<|im_end|>\n");
        foreach (var turn in dialogue.Turns)
        {
            if (turn.Role != "assistant")
            {
                before.Append("<|im_start|>user\n").Append(turn.Role == "tool" ? $"<tool_response>\n{turn.Content}\n</tool_response>" : turn.Content).Append("<|im_end|>\n");
                continue;
            }
            yield return (before.Append("<|im_start|>assistant\n").ToString(), false);
            yield return (turn.Call is { } call ? $"<tool_call>\n{call.ToHermes()}\n</tool_call><|im_end|>" : $"{turn.Content}<|im_end|>", true);
            before.Clear().Append('\n');
        }
    }
}
