using System.Text.Json;
using Trainer.Curriculum.Dialogues;

namespace Trainer.Examination;

/// <summary>A case of an examination, read from its line.</summary>
/// <param name="Topic">What it is about.</param>
/// <param name="Prompt">All up to the answer.</param>
/// <param name="Last">What the person said last.</param>
/// <param name="Expect">call, ask, chat, refuse or unknown; none where all is right that calls no tool.</param>
/// <param name="Call">The call that is right, in its tags, or null.</param>
internal sealed record ExamCase(string Topic, string Prompt, string Last, string Expect, string? Call)
{
    /// <summary>Reads one.</summary>
    public static ExamCase Parse(string line)
    {
        using var document = JsonDocument.Parse(line);
        var root = document.RootElement;
        var turns = root.GetProperty("messages").EnumerateArray().Select(m => new Turn(m.GetProperty("role").GetString()!, m.GetProperty("content").GetString(), Made(m))).ToList();
        var tools = root.GetProperty("tools").EnumerateArray().Select(tool => tool.GetString()!).ToList();
        // An answer that follows makes the pieces end with what is asked.
        var pieces = Dialogues(tools, turns);
        return new(root.GetProperty("topic").GetString()!, pieces, turns[^1].Content!, root.GetProperty("expect").GetString()!, Made(root) is { } call ? $"<tool_call>\n{call.ToHermes()}\n</tool_call>" : null);
    }

    /// <summary>Whether an answer is of the right kind and calls the right tool, and whether it is right in all.</summary>
    public (bool IsKindRight, bool IsRight) Judge(string answer)
    {
        var isCall = answer.StartsWith("<tool_call>", StringComparison.Ordinal);
        if (Call is not null) return (isCall && Named(answer) == Named(Call), answer == Call);
        var knowsNot = Has("bigger model") || Has("don't know");
        var refuses = Has("won't") || Has("can't do that");
        var isRight = !isCall && Expect switch { "none" => true, "unknown" => knowsNot, "refuse" => refuses, "ask" => answer.EndsWith('?') && !knowsNot, _ => !knowsNot && !refuses };
        return (isRight, isRight);

        bool Has(string words) => answer.Contains(words, StringComparison.Ordinal);
    }

    private static string Named(string call) => call.Split('"') is { Length: > 3 } parts ? parts[3] : "";

    private static string Dialogues(List<string> tools, List<Turn> turns) =>
        string.Concat(Curriculum.Dialogues.Prompt.Pieces(new Dialogue(tools, [.. turns, new Turn("assistant", "")])).SkipLast(1).Select(piece => piece.Text));

    private static ToolCall? Made(JsonElement from) => from.TryGetProperty("tool", out var tool)
        ? new(tool.GetString()!, [.. from.GetProperty("arguments").EnumerateObject().Select(a => (a.Name, a.Value.ValueKind == JsonValueKind.String ? a.Value.GetString()! : a.Value.GetRawText(), a.Value.ValueKind != JsonValueKind.String))])
        : null;
}
