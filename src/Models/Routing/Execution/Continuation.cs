using System.Text;
using Microsoft.Extensions.AI;

namespace Models.Routing.Execution;

/// <summary>
/// An answer that one target began and another goes on with. The other is told what was said; should it begin with words that end what was
/// said, or with all of it, they are not said twice. For one answer.
/// </summary>
/// <param name="said">What was said.</param>
internal sealed class Continuation(string said)
{
    private const string Request = "[The connection broke there. Go on exactly where your answer stopped. Repeat nothing and explain nothing.]";

    // So long may a repetition be that is not looked for any further.
    private const int Longest = 200;

    private readonly StringBuilder _held = new();
    private bool _isOpen;

    /// <summary>The conversation for the target that goes on.</summary>
    public static IReadOnlyList<ChatMessage> Messages(IReadOnlyList<ChatMessage> messages, string said) =>
        [.. messages, new ChatMessage(ChatRole.Assistant, said), new ChatMessage(ChatRole.User, Request)];

    /// <summary>Takes more of the new answer; returns what is new of it.</summary>
    public string Take(string text)
    {
        if (_isOpen) return text;
        _held.Append(text);
        var held = _held.ToString();
        // It may still be repeating.
        if (held.Length < Longest && held.Length < said.Length && (said.StartsWith(held, StringComparison.Ordinal) || said.AsSpan(Math.Max(0, said.Length - Longest)).Contains(held, StringComparison.Ordinal))) return "";
        if (held.Length < said.Length && said.StartsWith(held, StringComparison.Ordinal)) return "";
        return End();
    }

    /// <summary>What is left when the new answer is over, or surely new.</summary>
    public string End()
    {
        if (_isOpen) return "";
        _isOpen = true;
        var held = _held.ToString();
        if (held.StartsWith(said, StringComparison.Ordinal)) return held[said.Length..];
        for (var length = Math.Min(held.Length, said.Length); length > 0; length--)
            if (said.AsSpan(said.Length - length).SequenceEqual(held.AsSpan(0, length)) && IsRepetition(held.AsSpan(0, length))) return held[length..];
        return held;
    }

    // A letter or two that are equal are chance.
    private static bool IsRepetition(ReadOnlySpan<char> text) => text.Length >= 8 || (text.Length >= 3 && text.Contains(' '));
}
