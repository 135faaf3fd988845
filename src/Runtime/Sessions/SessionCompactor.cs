using System.Text;
using Microsoft.Extensions.AI;
using Models;
using Models.Generation;

namespace Runtime.Sessions;

/// <summary>
/// Puts the older part of a conversation into a summary by the session's own model, in the session's lane. Where no model can, the summary
/// is the beginning of what was said. Safe for several threads.
/// </summary>
/// <param name="models">Who sums up.</param>
/// <param name="defaultModel">The model of sessions that name none; null leaves it to the store.</param>
public sealed class SessionCompactor(IModelHost models, string? defaultModel)
{
    /// <summary>Messages that stay word by word.</summary>
    public const int Kept = 4;

    /// <summary>Longest summary, characters.</summary>
    public const int LongestSummary = 4000;

    // An earlier summary that is carried on makes a summary no longer than this: such a model's context is small, and asks for the next one soon.
    private const int LongestCarried = 1000;
    private const int MostRead = 24_000;
    private const int MostTokens = 400;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>Compacts a session. Null where there is nothing older than what stays.</summary>
    /// <param name="session">It.</param>
    /// <param name="keep">How many messages stay word by word.</param>
    /// <param name="cancellation">Ends the waiting for the lane and the summing up.</param>
    /// <exception cref="ModelException">The summary cannot be written.</exception>
    public async Task<Compaction?> CompactAsync(Session session, int keep, CancellationToken cancellation)
    {
        await session.Lane.WaitAsync(cancellation);
        try
        {
            var tokens = session.LastTurnTokens;
            var inContext = session.Read().Where(m => !m.OutOfContext).OrderBy(m => m.Role == SessionMessage.Summary ? 0 : m.Seq).ToList();
            // What stays begins with a question.
            var first = Math.Max(0, inContext.Count - keep);
            while (first < inContext.Count && inContext[first].Role != SessionMessage.User) first++;
            var older = inContext.Take(first).ToList();
            if (older.All(m => m.Role == SessionMessage.Summary)) return null;
            var text = await SummarizeAsync(session.Settings.Model ?? defaultModel, older, cancellation);
            var kept = first < inContext.Count ? inContext[first].Id : null;
            return new Compaction(session.Compact(text, kept), kept, tokens);
        }
        finally
        {
            session.Lane.Release();
        }
    }

    private async Task<string> SummarizeAsync(string? model, IReadOnlyList<SessionMessage> older, CancellationToken cancellation)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(Patience);
        try
        {
            var client = await models.GetChatClientAsync(model, patience.Token);
            // One that follows no instructions sums nothing up.
            if (client.GetService<ILanguageModel>()?.ChatTemplate?.Reach.System == false) return Beginnings(older);
            var said = string.Join('\n', older.Select(m => $"{m.Role}: {m.Text}"));
            if (said.Length > MostRead) said = said[^MostRead..];
            var summary = new StringBuilder();
            var ask = new ChatMessage(ChatRole.User, $"Sum up this conversation in a few sentences: facts, decisions, open questions, names.\n\n{said}");
            await foreach (var update in client.GetStreamingResponseAsync([ask], new ChatOptions { MaxOutputTokens = MostTokens }, patience.Token)) summary.Append(update.Text);
            if (summary.ToString().Trim() is { Length: > 0 } text) return Cut(text, LongestSummary);
        }
        catch (Exception e) when (e is ModelException or OperationCanceledException && !cancellation.IsCancellationRequested)
        {
            // No model, or one that cannot: the beginnings must do.
        }
        return Beginnings(older);
    }

    // An earlier summary stays as it was, and gives up its oldest lines where there is no room: one put into the next as a message would be all marks after a few.
    private static string Beginnings(IReadOnlyList<SessionMessage> older)
    {
        var said = older.Where(m => m.Role != SessionMessage.Summary && !string.IsNullOrWhiteSpace(m.Text)).ToList();
        var room = LongestSummary / Math.Max(1, said.Count);
        var lines = Cut(string.Join('\n', said.Select(m => $"- {m.Role}: {Cut(m.Text.ReplaceLineEndings(" ").Trim(), Math.Clamp(room - 16, 40, 200))}")), LongestSummary);
        foreach (var line in older.Where(m => m.Role == SessionMessage.Summary).SelectMany(m => m.Text.Split('\n')).Reverse())
        {
            if (line.Length + lines.Length >= LongestCarried) break;
            lines = $"{line}\n{lines}";
        }
        return lines;
    }

    private static string Cut(string text, int longest) => text.Length <= longest ? text : text[..(char.IsHighSurrogate(text[longest - 2]) ? longest - 2 : longest - 1)] + "…";
}

/// <summary>What a compaction did.</summary>
/// <param name="Summary">What stands for the older part.</param>
/// <param name="FirstKeptId">The first message that stays word by word, or null.</param>
/// <param name="TokensBefore">Tokens of the context of the last turn before it.</param>
public sealed record Compaction(SessionMessage Summary, string? FirstKeptId, long TokensBefore);
