using Runtime.Sessions;

namespace Runtime.Context;

/// <summary>
/// The part of a transcript that fits a model. Old results of tools go first, then the oldest turns. What goes, goes in large pieces and
/// then stays away: the beginning of the prompt changes seldom, and what was computed of it is used again. Pure.
/// </summary>
internal static class HistoryWindow
{
    // Results of this many calls, the newest, are never shortened; neither are short ones.
    private const int KeptResults = 3, ShortResult = 400;

    // What the marks of a chat template around a message take.
    private const int PerMessage = 6;

    /// <summary>Cuts a transcript to a number of tokens, and never a turn in two. The turn that is being answered stays whole.</summary>
    /// <param name="transcript">All messages, oldest first.</param>
    /// <param name="runId">The turn that is being answered.</param>
    /// <param name="room">Tokens there are for it.</param>
    /// <param name="count">Counts tokens.</param>
    public static IReadOnlyList<SessionMessage> Cut(IReadOnlyList<SessionMessage> transcript, string runId, int room, Func<string, int> count)
    {
        var costs = transcript.Select(m => m.OutOfContext ? 0 : PerMessage + count(m.Text) + m.ToolCalls.Sum(c => count(c.Name + c.Arguments))).ToArray();
        if (costs.Sum() <= room) return transcript;

        var messages = transcript.ToArray();
        var results = messages.Count(m => m.Role == SessionMessage.Tool);
        for (int i = 0, seen = 0; i < messages.Length; i++)
        {
            if (messages[i].Role != SessionMessage.Tool || ++seen > results - results % KeptResults - KeptResults || messages[i].Text.Length <= ShortResult) continue;
            messages[i] = messages[i] with { Text = Tools.Bounded.Cut(messages[i].Text, ShortResult / 2) };
            costs[i] = PerMessage + count(messages[i].Text);
        }

        // What the last summary stands for is gone already: it stays.
        var summary = Array.FindLastIndex(messages, m => m.Role == SessionMessage.Summary);
        if (summary >= 0)
        {
            // One that a larger model wrote, or that grew with the conversation, leaves half of the room to what was said since.
            for (var length = messages[summary].Text.Length; costs[summary] > room / 2 && length > 1;)
            {
                length = Math.Min(length * 3 / 4, (int)((long)length * room / 2 / costs[summary]));
                messages[summary] = messages[summary] with { Text = Tools.Bounded.Cut(transcript[summary].Text, Math.Max(1, length)) };
                costs[summary] = PerMessage + count(messages[summary].Text);
            }
            (room, costs[summary]) = (room - costs[summary], 0);
        }

        // As if it had been cut turn by turn, each time it was too long, to six tenths: then the next turns find the same beginning.
        var (first, sum) = (0, 0);
        for (var i = 0; i < messages.Length; i++)
        {
            sum += costs[i];
            if (sum <= room) continue;
            while (first < messages.Length && messages[first].RunId != runId && (sum > room * 6 / 10 || !BeginsTurn(messages, first))) sum -= costs[first++];
        }
        return [.. messages.Where((m, i) => i >= first || i == summary || m.RunId == runId)];
    }

    private static bool BeginsTurn(SessionMessage[] messages, int at) =>
        messages[at].Role == SessionMessage.User && (at == 0 || messages[at].RunId is null || messages[at - 1].RunId != messages[at].RunId);
}
