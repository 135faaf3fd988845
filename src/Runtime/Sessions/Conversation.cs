using System.Runtime.CompilerServices;
using System.Text;
using Microsoft.Extensions.AI;

namespace Runtime.Sessions;

/// <summary>
/// One person's conversation with a model: keeps the history, and when a turn is stopped keeps what was said so far, so that the next
/// turn knows it. One turn at a time.
/// </summary>
/// <param name="client">Who answers.</param>
/// <param name="options">How.</param>
/// <param name="earlier">What was said before, oldest first.</param>
public sealed class Conversation(IChatClient client, ChatOptions options, IEnumerable<ChatMessage>? earlier = null)
{
    private readonly List<ChatMessage> _history = [.. earlier ?? []];

    /// <summary>What was said, oldest first.</summary>
    public IReadOnlyList<ChatMessage> History => _history;

    /// <summary>What the last answer took, where the client tells; null before.</summary>
    public UsageDetails? Usage { get; private set; }

    /// <summary>Why the last answer ended, where the client tells; null before.</summary>
    public ChatFinishReason? Finish { get; private set; }

    /// <summary>Says something and streams the answer. Stopped or failed before the first word, the turn leaves no trace.</summary>
    public async IAsyncEnumerable<string> AskAsync(string text, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var answer = new StringBuilder();
        var turn = _history.Count;
        _history.Add(new ChatMessage(ChatRole.User, text));
        try
        {
            await foreach (var update in client.GetStreamingResponseAsync(_history, options, cancellation))
            {
                Finish = update.FinishReason ?? Finish;
                Usage = update.Contents.OfType<UsageContent>().LastOrDefault()?.Details ?? Usage;
                if (update.Text.Length == 0) continue;
                answer.Append(update.Text);
                yield return update.Text;
            }
        }
        finally
        {
            if (answer.Length > 0) _history.Add(new ChatMessage(ChatRole.Assistant, answer.ToString()));
            else _history.RemoveRange(turn, _history.Count - turn);
        }
    }

    /// <summary>Forgets everything that was said.</summary>
    public void Clear() => _history.Clear();
}
