using Microsoft.Extensions.AI;

namespace Runtime.Sessions;

/// <summary>What of a transcript a model is told. Pure.</summary>
internal static class SessionContext
{
    /// <summary>
    /// What was said before a turn. Answers follow their own questions, also where the next question came before the answer was there, and
    /// neighbours of one role become one message: many chat templates insist that roles take turns.
    /// </summary>
    public static IReadOnlyList<ChatMessage> Before(IReadOnlyList<SessionMessage> transcript, string runId)
    {
        var firstOfRun = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var message in transcript)
        {
            if (message.RunId is { } run) firstOfRun.TryAdd(run, message.Seq);
        }
        var end = firstOfRun.GetValueOrDefault(runId, int.MaxValue);
        var context = new List<ChatMessage>();
        foreach (var message in transcript.Where(m => !m.OutOfContext).OrderBy(Place).ThenBy(m => m.Seq).TakeWhile(m => Place(m) < end))
        {
            var role = message.Role == SessionMessage.User ? ChatRole.User : ChatRole.Assistant;
            if (context.LastOrDefault() is { } last && last.Role == role) context[^1] = new ChatMessage(role, $"{last.Text}\n\n{message.Text}");
            else context.Add(new ChatMessage(role, message.Text));
        }
        // The turn's own question comes next: one before it that got no answer would make two in a row.
        if (context.LastOrDefault()?.Role == ChatRole.User) context.RemoveAt(context.Count - 1);
        return context;

        int Place(SessionMessage message) => message.RunId is { } run ? firstOfRun[run] : message.Seq;
    }

    /// <summary>The newer half, from a question on.</summary>
    public static IReadOnlyList<ChatMessage> Newer(IReadOnlyList<ChatMessage> context) =>
        [.. context.Skip((context.Count + 1) / 2).SkipWhile(m => m.Role != ChatRole.User)];
}
