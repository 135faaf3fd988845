namespace Runtime.Sessions;

/// <summary>Finds messages by their words, the newest sessions first. Reads a bounded number of bytes. Pure but for the reading.</summary>
public static class SessionSearch
{
    private const long MostBytes = 64 * 1024 * 1024;
    private const int Around = 80;

    /// <summary>Messages that have every word of a query, the best first: those with the words more often, then the newer ones.</summary>
    /// <param name="sessions">Where to look, in this order.</param>
    /// <param name="query">Words, in any order and case.</param>
    /// <param name="limit">Most hits.</param>
    public static SessionHits Find(IEnumerable<Session> sessions, string query, int limit)
    {
        var words = query.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Take(16).ToArray();
        var hits = new List<SessionHit>();
        if (words.Length == 0) return new(hits, false);
        long bytes = 0;
        var cutShort = false;
        foreach (var session in sessions)
        {
            if (cutShort = bytes > MostBytes) break;
            foreach (var message in session.Read())
            {
                bytes += message.Text.Length;
                if (message.Role == SessionMessage.Summary || !words.All(word => message.Text.Contains(word, StringComparison.OrdinalIgnoreCase))) continue;
                hits.Add(new SessionHit(session, message, Snippet(message.Text, words[0]), words.Sum(word => Count(message.Text, word))));
            }
        }
        return new([.. hits.OrderByDescending(h => h.Score).ThenByDescending(h => h.Message.Ts).Take(limit)], cutShort || hits.Count > limit);
    }

    private static int Count(string text, string word)
    {
        var count = 0;
        for (var at = text.IndexOf(word, StringComparison.OrdinalIgnoreCase); at >= 0; at = text.IndexOf(word, at + word.Length, StringComparison.OrdinalIgnoreCase)) count++;
        return count;
    }

    private static string Snippet(string text, string word)
    {
        var at = text.IndexOf(word, StringComparison.OrdinalIgnoreCase);
        var (from, to) = (Math.Max(0, at - Around), Math.Min(text.Length, at + word.Length + Around));
        // Not between the two halves of a character.
        if (from > 0 && char.IsLowSurrogate(text[from])) from--;
        if (to < text.Length && char.IsLowSurrogate(text[to])) to++;
        return $"{(from > 0 ? "…" : "")}{text[from..to].ReplaceLineEndings(" ")}{(to < text.Length ? "…" : "")}";
    }
}

/// <summary>What was found.</summary>
/// <param name="Hits">The best.</param>
/// <param name="IsCutShort">True where there may be more.</param>
public sealed record SessionHits(IReadOnlyList<SessionHit> Hits, bool IsCutShort);

/// <summary>A message that was found.</summary>
/// <param name="Session">Where.</param>
/// <param name="Message">It.</param>
/// <param name="Snippet">What stands around the first word.</param>
/// <param name="Score">How often the words stand in it.</param>
public sealed record SessionHit(Session Session, SessionMessage Message, string Snippet, int Score);
