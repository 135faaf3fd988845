using System.Text.Json;
using Microsoft.Extensions.AI;

namespace Eval;

/// <summary>
/// Reads questions of ours: a JSON object a line, <c>{"topic", "tools": [names], "messages": [{role, content}], "expect", "tool", "arguments"}</c>.
/// An assistant's message with <c>tool</c> and <c>arguments</c> is a call, one of the role <c>tool</c> its result.
/// </summary>
internal static class QuestionFile
{
    /// <summary>All of a file's questions.</summary>
    /// <param name="path">The file.</param>
    /// <param name="tool">The product's tool of a name.</param>
    /// <exception cref="InvalidDataException">A line is not as above.</exception>
    public static IReadOnlyList<Question> Read(string path, Func<string, AIFunctionDeclaration?> tool)
    {
        var questions = new List<Question>();
        foreach (var line in File.ReadLines(path).Where(line => line.Length > 0))
        {
            try { questions.Add(Parse(JsonDocument.Parse(line).RootElement, tool)); }
            catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or ArgumentException)
            {
                throw new InvalidDataException($"{path}, line {questions.Count + 1}: {e.Message}", e);
            }
        }
        return questions;
    }

    private static Question Parse(JsonElement line, Func<string, AIFunctionDeclaration?> find)
    {
        var arguments = line.TryGetProperty("arguments", out var named) ? named : default;
        return new Question(
            line.GetProperty("topic").GetString()!, Messages(line.GetProperty("messages")),
            [.. line.GetProperty("tools").EnumerateArray().Select(name => find(name.GetString()!) ?? throw new ArgumentException($"the product has no tool {name}"))],
            Enum.Parse<Expectation>(line.GetProperty("expect").GetString()!, ignoreCase: true))
        {
            Tool = line.TryGetProperty("tool", out var tool) ? tool.GetString() : null,
            AreRight = arguments.ValueKind == JsonValueKind.Object ? said => JsonElement.DeepEquals(arguments, said) : null,
        };
    }

    private static List<ChatMessage> Messages(JsonElement messages)
    {
        var all = new List<ChatMessage>();
        foreach (var message in messages.EnumerateArray())
        {
            var (role, text) = (message.GetProperty("role").GetString()!, message.GetProperty("content").GetString()!);
            if (role == "tool") all.Add(new ChatMessage(ChatRole.Tool, [new FunctionResultContent($"c{all.Count - 1}", text)]));
            else if (message.TryGetProperty("tool", out var tool))
            {
                var arguments = message.GetProperty("arguments").EnumerateObject().ToDictionary(member => member.Name, member => (object?)member.Value);
                all.Add(new ChatMessage(ChatRole.Assistant, [.. text.Length > 0 ? [new TextContent(text)] : Array.Empty<AIContent>(), new FunctionCallContent($"c{all.Count}", tool.GetString()!, arguments)]));
            }
            else all.Add(new ChatMessage(new ChatRole(role), text));
        }
        return all;
    }
}
